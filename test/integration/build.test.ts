import { randomBytes } from "node:crypto";
import { type DisposableTempDir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, expect, inject, test, vi } from "vitest";
import { buildImage } from "../../src/adapters/builder.ts";
import { writeBuildSecrets } from "../../src/adapters/host.ts";
import { createProcessRunner } from "../../src/adapters/process.ts";
import { assetFolder } from "../../src/files/assets.ts";
import { recipeDigest } from "../../src/operations/build-images.ts";
import { type Bases, packagesBases, registryBases } from "../../src/release/bases.ts";
import { BUILD_CONTEXT } from "../../src/release/build-plan.ts";
import { removeImage } from "../support/engine.ts";
import { startAptMirror } from "./support/apt-mirror.ts";

const processes = createProcessRunner(() => {}, new AbortController().signal);

function temporaryFolder(): Promise<DisposableTempDir> {
  return mkdtempDisposable(join(tmpdir(), "biomaid-integration-"));
}

async function bases(): Promise<Bases> {
  return inject("bases") === "registry" ? registryBases() : packagesBases(await recipeDigest("base"));
}

afterEach(() => void vi.unstubAllEnvs());

test.each(["default", "biomaid-test"])(
  "an image is built by the engine of the context %s, whatever builder is chosen",
  async (context) => {
    await using folder = await temporaryFolder();
    // A context and a builder of this test's own; the latter, not being started, builds nothing.
    vi.stubEnv("BUILDX_CONFIG", join(folder.path, "buildx"));
    vi.stubEnv("DOCKER_CONFIG", join(folder.path, "docker"));
    const host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
    if (context !== "default") {
      await execa("docker", ["context", "create", context, "--docker", `host=${host}`]);
      vi.stubEnv("DOCKER_HOST", undefined);
      vi.stubEnv("DOCKER_CONTEXT", context);
    }
    await execa("docker", ["buildx", "create", "--driver=docker-container", "--name=biomaid-other", "--use"]);
    vi.stubEnv("BUILDX_BUILDER", "biomaid-other");
    const id = randomBytes(4).toString("hex");
    const [base, built] = [`biomaid-test/base:${id}`, `biomaid-test/built:${id}`];
    const dockerfile = join(folder.path, "Dockerfile");
    const plan = { dockerfile, args: {}, contexts: {} };
    try {
      for (const [tag, from] of [
        [base, "scratch"],
        [built, base],
      ] as const) {
        await writeFile(dockerfile, `FROM ${from}\nLABEL test=${id}\n`);
        await buildImage(processes, { ...plan, tag }, {}, () => {});
      }
      const { stdout } = await execa("docker", ["image", "inspect", "--format={{.Config.Labels.test}}", built]);
      expect(stdout).toBe(id);
    } finally {
      for (const tag of [built, base]) await removeImage(tag);
    }
  },
);

test("supercronic builds on a Go that may not fetch a newer one by itself, as the official image's", async () => {
  await using folder = await temporaryFolder();
  const { images, suite } = await bases();
  const [pinned, built] = ["go", "supercronic"].map((name) => `biomaid-test/${name}:${randomBytes(4).toString("hex")}`);
  const dockerfile = join(folder.path, "Dockerfile");
  await writeFile(dockerfile, `FROM ${images.go}\nENV GOTOOLCHAIN=local\n`);
  const nothing = { args: {}, contexts: {} };
  try {
    await buildImage(processes, { ...nothing, tag: pinned as string, dockerfile }, {}, () => {});
    const secrets = await writeBuildSecrets(processes, process.env, folder.path, suite);
    const plan = {
      ...nothing,
      tag: built as string,
      dockerfile: assetFolder("images/biomaid/Dockerfile"),
      target: "supercronic",
      args: { GO_BASE: pinned as string, PYTHON_BASE: images.python },
    };
    await buildImage(processes, plan, secrets, () => {});
    const { stdout } = await execa("docker", ["run", "--rm", built as string, "/supercronic", "-version"]);
    expect(stdout).toMatch(/^v\d/);
  } finally {
    for (const tag of [built, pinned]) await removeImage(tag as string);
  }
});

test.each([
  ["a TLS mirror whose certificate authority only this host knows", "tls"],
  ["a mirror behind a proxy that only apt is told of", "proxy"],
] as const)("a build step takes its packages from %s", async (_, way) => {
  await using folder = await temporaryFolder();
  await using mirror = await startAptMirror(way, folder.path, "nginx-light");
  const secrets = Object.entries(mirror.secrets).map(async ([id, content]) => {
    const file = join(folder.path, id);
    await writeFile(file, content, { mode: 0o600 });
    return `--secret=id=${id},src=${file}`;
  });
  const { images } = await bases();
  const args = [
    ...["buildx", "build", "--progress=plain", "--output=type=cacheonly", "--no-cache-filter=nginx-root"],
    // The mirror listens on this machine's loopback.
    "--network=host",
    `--file=${assetFolder("images/base/Dockerfile")}`,
    "--target=nginx-root",
    `--build-arg=DEBIAN_BASE=${images.python}`,
    ...(await Promise.all(secrets)),
    BUILD_CONTEXT,
  ];
  await execa("docker", args);
  expect(mirror.delivered()).toContain("nginx-light.deb");
});
