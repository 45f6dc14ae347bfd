import { mkdir, readdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { identities, volumesOf } from "../../support/engine.ts";
import { newInstance, startInstance } from "../../support/instance.ts";
import { smallDisk } from "../../support/small-disk.ts";
import { copyApplication } from "../../support/source.ts";
import { startDatabaseWriter, startWriter } from "../../support/writer.ts";

test("no room in TMPDIR for a build: says where, leaves nothing there, and goes on once there is", async () => {
  await using instance = await startInstance();
  await using writer = startWriter(instance);
  await writer.progress(5, 30);
  const before = identities(await instance.services());
  await using disk = await smallDisk(join(instance.home, "tmp"), "128k");
  const source = join(instance.home, "source");
  await copyApplication(source);
  await writeFile(join(source, "MARK"), instance.name);
  await instance.set("source", { path: source });
  const env = { TMPDIR: disk.path };
  const { stderr } = await instance.cli(["up", instance.name], { env, exitStatus: 1 });
  expect(stderr).toContain("[DISK_FULL]");
  expect(stderr).toContain(`disk of ${disk.path}`);
  expect((await readdir(disk.path)).filter((name) => name.startsWith("biomaid-compose-"))).toEqual([]);
  expect(identities(await instance.services())).toEqual(before);
  await writer.expectNothingLost();

  await disk.resize("256m");
  await instance.cli(["up", instance.name], { env });
  expect((await instance.compose("exec", "-T", "app", "cat", "MARK")).stdout).toBe(instance.name);
  await writer.expectNothingLost();
});

test("no room for the instance's files: says where, and the same command goes on once there is", async () => {
  await using instance = await newInstance();
  await using disk = await smallDisk(instance.home, "8k");
  const secrets = async (): Promise<string[]> =>
    Promise.all(
      ["secret_key", "database_password"].map((name) => readFile(join(instance.folder, "secrets", name), "utf8")),
    );
  // From the first file on; what there is of each is 4 KB on such a disk.
  for (const size of ["8k", "16k", "24k", "36k", "48k"]) {
    await disk.resize(size);
    const { stderr } = await instance.create({ exitStatus: 1 });
    expect(stderr, size).toContain("[DISK_FULL]");
    expect(stderr, size).toContain(instance.home);
    expect(await volumesOf(instance.project)).toEqual([]);
  }
  await disk.resize("64m");
  await instance.create();
  const made = await secrets();
  expect(made.map(({ length }) => length)).toEqual([64, 64]);
  expect((await fetch(`${instance.url}/`)).status).toBe(200);

  // The same with an instance that runs: not a page is left on the disk.
  await using writer = startWriter(instance);
  await writer.progress(5, 30);
  const before = identities(await instance.services());
  await instance.set("web.upload_limit", 50);
  await disk.resize(`${(await usedBy(instance.home)) / 1024}k`);
  const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
  expect(stderr).toContain("[DISK_FULL]");
  expect(identities(await instance.services())).toEqual(before);
  expect(await secrets()).toEqual(made);
  await writer.expectNothingLost();
  await disk.resize("64m");
  await instance.cli(["up", instance.name]);
  await writer.expectNothingLost();
  await instance.cli(["down", instance.name]);
});

test("no room for the database while it migrates: says which service, and nothing that was committed is lost", async () => {
  await using instance = await newInstance();
  await using disk = await smallDisk(join(instance.home, "database"), "512m");
  const [, , ...options] = instance.creation();
  await instance.cli(["init", instance.name, ...options]);
  const volume = { driver: "local", driver_opts: { type: "none", o: "bind", device: disk.path } };
  await writeFile(
    join(instance.folder, "compose.override.yaml"),
    JSON.stringify({ volumes: { database: volume } }), // YAML has JSON in it
  );
  // The cluster is made, and init ends before it migrates.
  await mkdir(join(instance.folder, "settings.d"));
  const fault = join(instance.folder, "settings.d", "10-fault.py");
  await writeFile(fault, "raise RuntimeError('not yet')\n");
  await instance.cli(["up", instance.name], { exitStatus: 1 });
  await using writer = startDatabaseWriter(instance);
  await writer.progress(5, 30);

  await disk.resize(`${Math.ceil((await usedBy(disk.path)) / 1024) + 256}k`);
  await rm(fault);
  const { stderr } = await instance.cli(["up", instance.name], { exitStatus: 1 });
  expect(stderr).toContain("[SERVICE_DISK_FULL]");
  expect(stderr).toContain("No space left on device");
  expect(stderr).toContain("service db");

  await disk.resize("512m");
  await instance.cli(["up", instance.name]);
  expect((await fetch(`${instance.url}/`)).status).toBe(200);
  await writer.expectNothingLost();
  await instance.cli(["down", instance.name]);
});

/** Bytes. */
async function usedBy(path: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(path);
  return (blocks - bfree) * bsize;
}
