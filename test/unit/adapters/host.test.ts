import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { debianRepositories, writeBuildSecrets } from "../../../src/adapters/host.ts";
import type { ProcessRunner } from "../../../src/adapters/process.ts";
import { temporaryFolder } from "../support.ts";

/** A machine whose programs print these lines; a program that is not named is not installed. */
function machine(programs: Record<string, string[]>): ProcessRunner {
  const runner: Pick<ProcessRunner, "run"> = {
    async run(program, args) {
      const lines = programs[[program, ...args].join(" ")] ?? programs[`${program} ${args[0]}`];
      const missing = lines === undefined;
      return { exitStatus: missing ? undefined : 0, output: (lines ?? []).join("\n"), errors: "", missing };
    },
  };
  return runner as ProcessRunner;
}

test("Debian's mirrors are those that another file system reaches too, lists of mirrors expanded", async () => {
  await using folder = await temporaryFolder();
  const list = join(folder.path, "debian.list");
  await writeFile(
    list,
    "# mirrors\n\nhttps://one.example/debian\nhttp://two.example/debian\tpriority:2 type:deb\nfile:/srv/debian\n",
  );
  const targets = [
    `Debian|mirror+file:${list}/|bookworm|main`,
    `Debian|mirror+file:${list}/|bookworm-updates|main`,
    "Debian|http://three.example/debian/|bookworm|main",
    "Debian|mirror+https://four.example/list/|bookworm|main",
    "Debian|cdrom:[Debian GNU/Linux 12]/|bookworm|main",
    "Debian|file:/srv/debian/|bookworm|main",
    "Debian|http://three.example/debian/|bookworm|contrib",
    "Other|http://five.example/|bookworm|main",
  ];
  const found = await debianRepositories(machine({ "apt-get indextargets": targets }), "trixie");
  expect(found.map(({ uri, codename }) => `${uri} ${codename}`)).toEqual([
    "https://one.example/debian trixie",
    "http://two.example/debian trixie",
    "https://one.example/debian trixie-updates",
    "http://two.example/debian trixie-updates",
    "http://three.example/debian/ trixie",
    "mirror+https://four.example/list/ trixie",
  ]);
});

describe("a build is told of", () => {
  async function secretsOf(
    programs: Record<string, string[]>,
    environment: Record<string, string> = {},
  ): Promise<Record<string, string>> {
    await using folder = await temporaryFolder();
    const files = await writeBuildSecrets(machine(programs), environment, folder.path, "bookworm");
    const contents = Object.entries(files).map(async ([id, file]) => [id, await readFile(file, "utf8")]);
    return Object.fromEntries(await Promise.all(contents));
  }

  test("the proxies of apt's own configuration, those on the loopback left out", async () => {
    const dump = [
      'Acquire::http "";',
      'Acquire::http::Proxy "http://user:password@proxy.example:3128/";',
      'Acquire::http::Proxy::mirror.example "DIRECT";',
      'Acquire::http::Proxy::other.example "http://127.0.0.1:3142";',
      'Acquire::https::Proxy "http://localhost:3142/";',
      'Acquire::http::Proxy-Auto-Detect "/usr/bin/detect";',
      'APT::Proxy "http://x/";',
    ];
    const secrets = await secretsOf({ "apt-config dump": dump });
    expect(secrets["apt-conf"]?.trim().split("\n")).toEqual(dump.slice(1, 3));
    expect(await secretsOf({ "apt-config dump": ['Acquire::http "";'] })).not.toHaveProperty("apt-conf");
    expect(await secretsOf({})).not.toHaveProperty("apt-conf");
  });

  test("Go's proxy and checksum database, as go or the environment says", async () => {
    const go = {
      "go env GOPROXY": ["https://go.example"],
      "go env GOSUMDB": ["sum.example"],
      "go env GONOSUMDB": [""],
    };
    const asConfigured = "export GOPROXY='https://go.example'\nexport GOSUMDB='sum.example'\n";
    expect((await secretsOf(go))["host"]).toContain(asConfigured);
    expect((await secretsOf(go))["host"]).not.toContain("GONOSUMDB");
    const environment = { GOSUMDB: "off", GONOSUMDB: "*.example" };
    expect((await secretsOf({}, environment))["host"]).toContain(
      "export GOSUMDB='off'\nexport GONOSUMDB='*.example'\n",
    );
  });
});
