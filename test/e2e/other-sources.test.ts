import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { parse } from "yaml";
import { newInstance } from "../support/instance.ts";

test("a ready image is run as it is, and another kind of source may take its place", async () => {
  await using instance = await newInstance();
  const { app } = inject("images");
  const { stderr } = await instance.create({ source: ["--source", `image:${app}`] });
  expect(stderr).not.toContain("Building");
  expect((await instance.services())["app"]?.image).toBe(app);
  expect((await instance.get("/")).status).toBe(302);

  await instance.set("source", { image: "biomaid-compose/nowhere:1" });
  const failed = await instance.cli(["up", instance.name], { exitStatus: 1 });
  expect(failed.stderr).toContain("[IMAGE_MISSING]");
  expect((await instance.get("/")).status).toBe(302);
});

test("a lock forgets the commit of a source that is no longer git", async () => {
  await using instance = await newInstance();
  const lockFile = join(instance.folder, "instance.lock.yaml");
  await instance.cli(["init", instance.name, "--profile", "demo", "--source", "file:///nonexistent/biomaid.git"]);
  const lock = await readFile(lockFile, "utf8");
  await instance.set("source", { sample: true });
  await instance.set("web.port", instance.port);
  await instance.set("bases", inject("bases"));
  await writeFile(
    lockFile,
    `${lock}source: {git: "file:///nonexistent/biomaid.git", ref: HEAD, commit: "${"0".repeat(40)}"}\n`,
  );
  await instance.cli(["up", instance.name]);
  expect(parse(await readFile(lockFile, "utf8"))).not.toHaveProperty("source");
});
