import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestInstance } from "./support/test-instance.ts";
import { expectUnprivileged } from "./support/unprivileged.ts";

describe("the database server", () => {
  let instance: TestInstance;

  beforeAll(async () => {
    instance = await TestInstance.create();
    await instance.start("db");
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  test("has a database in UTF-8 with the French locale", async () => {
    const rows = await instance.sql(
      "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype FROM pg_database WHERE datname = 'biomaid'",
    );
    expect(rows).toEqual([{ encoding: "UTF8", datcollate: "fr_FR.UTF-8", datctype: "fr_FR.UTF-8" }]);
  });

  test("sorts as the French do: é between e and f, accents count before capitals", async () => {
    const rows = await instance.sql(
      "SELECT word FROM unnest(ARRAY['f', 'é', 'e', 'Zoo', 'côté', 'cote', 'coté', 'côte', 'école', 'Ecole', 'abri']) AS word ORDER BY word",
    );
    expect(rows.map(({ word }) => word)).toEqual([
      "abri",
      "cote",
      "coté",
      "côte",
      "côté",
      "e",
      "é",
      "Ecole",
      "école",
      "f",
      "Zoo",
    ]);
  });

  test("checks its pages and stores passwords as SCRAM", async () => {
    expect(await instance.value("SHOW data_checksums")).toBe("on");
    expect(await instance.value("SHOW password_encryption")).toBe("scram-sha-256");
  });

  test("gives the application a role that may create databases, owns its own and is no superuser", async () => {
    const [role] = await instance.sql(
      "SELECT rolcreatedb, rolsuper, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user",
    );
    expect(role).toEqual({
      rolcreatedb: true,
      rolsuper: false,
      rolcreaterole: false,
      rolreplication: false,
      rolbypassrls: false,
    });
    expect(await instance.value("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'biomaid'")).toBe(
      "biomaid",
    );
  });

  test("refuses a wrong password, no password, and the superuser", async () => {
    await expect(instance.sql("SELECT 1", { password: "wrong" })).rejects.toThrow(/password authentication failed/);
    await expect(instance.sql("SELECT 1", { password: "" })).rejects.toThrow(/password/);
    await expect(instance.sql("SELECT 1", { user: "postgres", database: "postgres" })).rejects.toThrow(
      /pg_hba.conf rejects connection/,
    );
  });

  test("runs as uid 999 without capabilities on a root file system that cannot be written to", async () => {
    const db = instance.service("db");
    const postgres = (await db.read("cat", "/var/lib/postgresql/data/pgdata/postmaster.pid")).split("\n")[0];
    await expectUnprivileged(db, [Number(postgres)], 999, 999);
  });
});
