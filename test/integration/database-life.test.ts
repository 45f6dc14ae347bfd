import { describe, expect, test } from "vitest";
import { TestInstance } from "./support/test-instance.ts";

describe("the database server's first start", () => {
  const moments = [
    ["in the middle of initdb", "[ -e pgdata.new/PG_VERSION ]"],
    ["while initdb copies its databases", '[ "$(ls pgdata.new/base | wc -l)" -ge 3 ]'],
    ["while the application's database is made", '[ "$(ls pgdata.new/base | wc -l)" -ge 4 ]'],
    ["once the cluster is in its place", "[ -e pgdata ]"],
  ] as const;

  test.each(moments)("killed %s, comes up whole when started again", async (_moment, reached) => {
    await using instance = await TestInstance.create();
    const first = await instance.launch("db");
    // Whichever comes first: a slow watcher must not wait for what is already past.
    await first.read(
      "sh",
      "-c",
      `cd /var/lib/postgresql/data; until ${reached} || [ -e pgdata ]; do :; done 2>/dev/null`,
    );
    await first.kill();
    await first.start();
    await first.healthy();

    const [database] = await instance.sql(
      "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, pg_get_userbyid(datdba) AS owner, current_setting('data_checksums') AS checksums FROM pg_database WHERE datname = current_database()",
    );
    expect(database).toEqual({ encoding: "UTF8", datcollate: "fr_FR.UTF-8", owner: "biomaid", checksums: "on" });
    expect(await instance.value("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'biomaid'")).toBe(true);
    expect((await first.read("ls", "/var/lib/postgresql/data")).trim()).toBe("pgdata");
  });
});

describe("the database server's volume", () => {
  test("keeps the data when the container is killed, and when another one takes its place", async () => {
    await using instance = await TestInstance.create();
    const first = await instance.start("db");
    await instance.sql("CREATE TABLE kept (word text)");
    await instance.sql("INSERT INTO kept VALUES ('été')");
    await first.kill();
    await first.remove();

    const second = await instance.start("db");
    expect(await instance.value("SELECT word FROM kept")).toBe("été");
    expect(await second.stop(30), "the fast shutdown is a clean one").toBe(0);
    await second.remove();

    const third = await instance.start("db");
    expect(await instance.value("SELECT word FROM kept")).toBe("été");
    expect(await third.output()).not.toMatch(/not properly shut down/);
  });
});
