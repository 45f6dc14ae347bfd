import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn, startBrowser } from "../support/browser.ts";
import { startInstance, type TestInstance } from "../support/instance.ts";
import { application } from "../support/source.ts";

describe("the database", () => {
  let instance: TestInstance;

  beforeAll(async () => {
    instance = await startInstance();
  });
  afterAll(() => instance?.[Symbol.asyncDispose]());

  test("is in UTF-8 and in French, with data checksums", async () => {
    const query =
      "select pg_encoding_to_char(encoding), datcollate, datctype from pg_database where datname = current_database()";
    expect(await instance.sql(query)).toBe("UTF8|fr_FR.UTF-8|fr_FR.UTF-8");
    expect(await instance.sql("show data_checksums")).toBe("on");
  });

  test("has a role that may create databases and is no superuser", async () => {
    const query =
      "select rolcreatedb, rolsuper, rolcreaterole, rolreplication from pg_roles where rolname = current_user";
    expect(await instance.sql(query)).toBe("t|f|f|f");
  });

  test("sorts as French readers expect", async () => {
    const query =
      "select string_agg(word, ' ' order by word) from (values ('f'), ('zèbre'), ('é'), ('e'), ('étage'), ('ete')) words(word)";
    expect(await instance.sql(query)).toBe("e é étage ete f zèbre");
  });

  test("is reached by the application's containers only", async () => {
    const { db } = await instance.services();
    expect(db?.ports).toEqual([]);
    const connect = async (service: string, target: string): Promise<number | undefined> => {
      const script = `timeout 2 bash -c 'exec 3<>/dev/tcp/${target}/5432'`;
      const args = ["compose", "exec", "-T", service, "bash", "-c", script];
      return (await execa("docker", args, { cwd: instance.folder, reject: false })).exitCode;
    };
    const { stdout: address } = await instance.compose("exec", "-T", "db", "hostname", "-i");
    expect(await connect("app", "db")).toBe(0);
    expect(await connect("app", address.trim())).toBe(0);
    expect(await connect("web", "db")).not.toBe(0);
    expect(await connect("web", address.trim())).not.toBe(0);
  });

  if (application.isSample) {
    test("gives a page of the application its order", async () => {
      await using browser = await startBrowser();
      const page = await browser.newPage();
      await signIn(page, instance.url, application.superuser);
      await page.goto(`${instance.url}/x/dem/suppliers/`);
      const names = await page.locator("#suppliers li").allInnerTexts();
      expect(names).toEqual([...names].sort(new Intl.Collator("fr").compare));
      expect(names).not.toEqual([...names].sort());
    });
  }
});
