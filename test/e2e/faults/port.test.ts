import { once } from "node:events";
import { execa } from "execa";
import { expect, inject, test } from "vitest";
import { identities } from "../../support/engine.ts";
import { newInstance, startInstance } from "../../support/instance.ts";
import { listen } from "../../support/ports.ts";
import { startWriter } from "../../support/writer.ts";

test("a port that a program of this host has: its name and number", async () => {
  await using instance = await newInstance();
  await using _taken = await listen(instance.port);
  const { stderr } = await instance.create({ exitStatus: 1 });
  expect(stderr).toContain("[PORT_TAKEN]");
  expect(stderr).toMatch(new RegExp(`by \\S+ \\(process ${process.pid}\\)`));
});

test("a port that another instance has: its name, before and after both exist", async () => {
  await using first = await startInstance();
  await using second = await newInstance();
  const { stderr } = await second.cli([...second.creation(), "--port", String(first.port)], { exitStatus: 1 });
  expect(stderr).toContain(`the instance "${first.name}" (container ${first.project}-web-1)`);
  expect(stderr).toContain(`biomaid-compose down ${first.name}`);

  await second.create();
  await using writers = new AsyncDisposableStack();
  const [ofFirst, ofSecond] = [first, second].map((instance) => writers.use(startWriter(instance)));
  await Promise.all([ofFirst?.progress(5, 30), ofSecond?.progress(5, 30)]);
  const before = identities(await second.services());
  await second.set("web.port", first.port);
  const changed = await second.cli(["up", second.name], { exitStatus: 1 });
  expect(changed.stderr).toContain(`the instance "${first.name}"`);
  // Found before anything was stopped.
  expect(identities(await second.services())).toEqual(before);
  expect((await fetch(`${second.url}/`)).status).toBe(200);
  await ofFirst?.expectNothingLost();
  await ofSecond?.expectNothingLost();
});

test("a port that a container has which is none of ours: the container's name", async () => {
  await using instance = await newInstance();
  const name = `${instance.project}-other`;
  const image = inject("images").web;
  await execa("docker", [
    "run",
    "--detach",
    "--name",
    name,
    "--publish",
    `127.0.0.1:${instance.port}:9`,
    "--entrypoint",
    "sleep",
    image,
    "infinity",
  ]);
  try {
    const { stderr } = await instance.create({ exitStatus: 1 });
    expect(stderr).toContain(`by the container ${name}`);
  } finally {
    await execa("docker", ["rm", "--force", name]);
  }
});

test("a port that the engine holds for no container: how to get it back", async () => {
  await using instance = await newInstance();
  const script = `process.title = "docker-proxy"; require("net").createServer().listen(${instance.port}, "127.0.0.1", () => console.log("listens"))`;
  const proxy = execa(process.execPath, ["-e", script], { reject: false });
  try {
    await once(proxy.stdout, "data");
    const { stderr } = await instance.create({ exitStatus: 1 });
    expect(stderr).toContain("[PORT_STUCK]");
    expect(stderr).toContain(`process ${proxy.pid}`);
    expect(stderr).toContain("systemctl restart docker");
  } finally {
    proxy.kill();
    await proxy;
  }
});
