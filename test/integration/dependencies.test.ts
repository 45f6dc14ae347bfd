import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { UserError } from "../../src/errors/user-error.ts";
import { buildImages } from "../../src/operations/build-images.ts";
import { oracleClient } from "../../src/operations/oracle-client.ts";
import { type Release, releaseOf } from "../../src/release/release.ts";
import { removeImage } from "../support/engine.ts";
import { planRelease } from "../support/release.ts";

const GROUPS = ["doc", "tests", "dev"];
const EXTRAS = ["ldap", "oracle"];
const CLIENT = "instantclient_21_1";

let home: string;
let image: string | undefined;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "biomaid-integration-"));
});
afterAll(async () => {
  if (image !== undefined) await removeImage(image);
  await rm(home, { recursive: true, force: true });
});

/** A zip like that of the Instant Client, links and all, in which a library of Python's stands in for Oracle's. */
async function standIn(name: string, library: string): Promise<string> {
  const folder = join(home, name);
  await mkdir(join(folder, CLIENT, "aa", "aa", "aa"), { recursive: true });
  // ldconfig knows a library by the name that is in it: one of Python's has none.
  const script = "import _ctypes, sys; sys.stdout.buffer.write(open(_ctypes.__file__, 'rb').read())";
  const read = ["run", "--rm", "--entrypoint=python", inject("sampleImages").app, "-c", script];
  const { stdout } = await execa("docker", read, { encoding: "buffer", stripFinalNewline: false });
  await writeFile(join(folder, CLIENT, library), stdout);
  await execa("ln", ["-s", library, join(folder, CLIENT, `${library.replace(".21.1", "")}.19.1`)]);
  await writeFile(join(folder, CLIENT, "BASIC_LICENSE"), "licence");
  await writeFile(join(folder, CLIENT, "adrci"), "a tool");
  await writeFile(join(folder, CLIENT, "aa", "aa", "aa", "libevil.so"), "");
  const git = (...args: string[]) => execa("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@t", ...args]);
  await git("init", "--quiet");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=x");
  const file = join(home, `${name}.zip`);
  await git("archive", "--format=zip", "-0", "--output", file, "HEAD");
  // git writes no such path.
  const content = await readFile(file, "latin1");
  await writeFile(file, content.replaceAll("aa/aa/aa", "../../.."), "latin1");
  return file;
}

/** Builds the sample as `up` would. */
async function build(name: string, zip: string): Promise<Release> {
  const { context, instance, source, bases, recipes, uuid } = await planRelease(home, name, { sample: true });
  Object.assign(instance.settings.application, { groups: GROUPS, extras: EXTRAS, oracle_client: zip });
  const client = await oracleClient(instance);
  const release = releaseOf(source, instance.settings.application, bases, recipes, client);
  await buildImages(context, instance, uuid, source, bases, release, recipes);
  return release;
}

test("every group and every extra is installed, and cx_Oracle loads the client of the zip", async () => {
  image = (await build("all", await standIn("client", "libclntsh.so.21.1"))).images.app;
  const python = async (script: string): Promise<string> =>
    (await execa("docker", ["run", "--rm", "--network=none", "--entrypoint=python", image ?? "", "-c", script])).stdout;
  const modules = "sphinx, pytest, pytest_django, debug_toolbar, ldap, django_auth_ldap, cx_Oracle";
  expect(await python(`import ${modules}; print("imported")`)).toBe("imported");
  // The stand-in has none of Oracle's functions. Without a library it would be DPI-1047.
  const said = await python(`
import cx_Oracle
try:
    cx_Oracle.clientversion()
except cx_Oracle.Error as error:
    print(error)
`);
  expect(said).toBe("DPI-1072: the Oracle Client library version is unsupported");
  const found = await execa("docker", [
    ...["run", "--rm", "--entrypoint=sh", image, "-c"],
    `cd /opt/oracle/instantclient && ls && readlink libclntsh.so.19.1 && find / -xdev -name 'libevil*' 2>/dev/null; true`,
  ]);
  expect(found.stdout.split("\n")).toEqual([
    "BASIC_LICENSE",
    "libclntsh.so",
    "libclntsh.so.19.1",
    "libclntsh.so.21.1",
    "libclntsh.so.21.1",
  ]);
});

test("a zip that is no Instant Client ends the build, which says so", async () => {
  const outcome = await build("other", await standIn("other", "libother.so.1")).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(UserError);
  expect(outcome).toMatchObject({
    code: "ORACLE_CLIENT_INVALID",
    parameters: { file: join(home, "other.zip"), detail: expect.stringContaining("no libclntsh.so") },
  });
});
