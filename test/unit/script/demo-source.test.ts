import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

const LIBRARY = join(import.meta.dirname, "..", "..", "..", "script", "lib");

/** The options that `script/demo` calls `up` with, on a machine where there is no instance yet. */
async function optionsOf(args: string[], upstream: boolean, source = ""): Promise<{ options: string[]; said: string }> {
  const script = `
    . "${LIBRARY}/messages.sh"
    . "${LIBRARY}/demo-source.sh"
    biomaid_compose() { false; }
    upstream_answers() { ${upstream}; }
    choose_source "$@"
    printf '%s\\n' "\${up_options[@]}"
  `;
  const env = { BIOMAID_SOURCE: source, LC_ALL: "C.UTF-8" };
  const { stdout, stderr } = await execa("bash", ["-euo", "pipefail", "-c", script, "demo", ...args], { env });
  return { options: stdout.split("\n").filter((line) => line !== ""), said: stderr };
}

test("with upstream in reach the options are the operator's", async () => {
  const args = ["--ref", "0.15", "--port", "8081"];
  expect(await optionsOf(args, true)).toEqual({ options: args, said: "" });
});

test.each([
  [
    ["--ref", "0.15", "--port", "8081"],
    ["--port", "8081"],
  ],
  [["--port=8081", "--ref=0.15"], ["--port=8081"]],
  [["--ref", "0.15"], []],
])("without it %j shows the sample, which has no ref, and says so", async (args, kept) => {
  const { options, said } = await optionsOf(args, false);
  expect(options).toEqual(["--source", "sample", ...kept]);
  expect(said).toContain("WHAT FOLLOWS IS NOT BIOMAID");
  expect(said).toContain("--ref 0.15 does not apply");
});

test("a source of the operator's is taken with its ref, whoever answers", async () => {
  const args = ["--source", "/srv/code", "--ref", "0.15"];
  expect((await optionsOf(args, false)).options).toEqual(args);
  expect((await optionsOf(["--ref", "0.15"], false, "/srv/code")).options).toEqual(args);
});
