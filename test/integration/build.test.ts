import { type DisposableTempDir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, inject, test } from "vitest";
import { assetFolder } from "../../src/files/assets.ts";
import { recipeDigest } from "../../src/operations/build-images.ts";
import { type Bases, packagesBases, registryBases } from "../../src/release/bases.ts";
import { BUILD_CONTEXT } from "../../src/release/build-plan.ts";
import { startAptMirror } from "./support/apt-mirror.ts";

function temporaryFolder(): Promise<DisposableTempDir> {
  return mkdtempDisposable(join(tmpdir(), "biomaid-integration-"));
}

async function bases(): Promise<Bases> {
  return inject("bases") === "registry" ? registryBases() : packagesBases(await recipeDigest("base"));
}

test("a build step takes its packages from a TLS mirror whose certificate authority only this host knows", async () => {
  await using folder = await temporaryFolder();
  await using mirror = await startAptMirror(folder.path, "nginx-light");
  const secrets = { ca: mirror.ca, apt: mirror.sources };
  const files = Object.entries(secrets).map(async ([id, content]) => {
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
    ...(await Promise.all(files)),
    BUILD_CONTEXT,
  ];
  await execa("docker", args);
  expect(mirror.delivered()).toContain("nginx-light.deb");
});
