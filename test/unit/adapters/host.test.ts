import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { debianRepositories } from "../../../src/adapters/host.ts";
import type { ProcessRunner } from "../../../src/adapters/process.ts";
import { temporaryFolder } from "../support.ts";

/** A machine whose programs print these lines; a program that is not named is not installed. */
function machine(programs: Record<string, string[]>): ProcessRunner {
  const runner: Pick<ProcessRunner, "run"> = {
    async run(program, args) {
      const lines = programs[[program, args[0]].join(" ")];
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
