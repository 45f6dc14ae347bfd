import { existsSync, readFileSync } from "node:fs";
import { readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createProcessRunner, type ProcessRunner } from "../../../src/adapters/process.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

const NODE = process.execPath;

function runner(interruption = new AbortController().signal): ProcessRunner {
  return createProcessRunner(() => {}, interruption);
}

describe("a program", () => {
  test("gives its exit status, its output and its errors, apart", async () => {
    const script = "console.log('out'); console.error('err'); process.exitCode = 3";
    expect(await runner().run(NODE, ["-e", script])).toEqual({
      exitStatus: 3,
      output: "out",
      errors: "err",
      missing: false,
    });
  });

  test("gets its arguments as they are: no shell reads them", async () => {
    const args = ["$(id)", "`id`", "; id", "a b", "*", "'", '"', "\n", ""];
    const { output } = await runner().run(NODE, ["-e", "console.log(JSON.stringify(process.argv.slice(1)))", ...args]);
    expect(JSON.parse(output)).toEqual(args);
  });

  test("runs where it is told, with variables beside ours, and cannot wait for input", async () => {
    await using folder = await temporaryFolder();
    const script =
      "const input = require('fs').readFileSync(0, 'utf8'); console.log(JSON.stringify([process.cwd(), process.env.LC_ALL, process.env.PATH, input]))";
    const { output } = await runner().run(NODE, ["-e", script], { cwd: folder.path, environment: { LC_ALL: "xx" } });
    expect(JSON.parse(output)).toEqual([await realpath(folder.path), "xx", process.env["PATH"], ""]);
  });

  test.each([undefined, () => {}])("that is not there is told as missing (%s)", async (onLine) => {
    const options = onLine === undefined ? {} : { onLine };
    const result = await runner().run("biomaid-no-such-program", [], options);
    expect(result).toMatchObject({ exitStatus: undefined, missing: true });
  });

  test("that was ended by a signal has no exit status, and is not missing", async () => {
    const result = await runner().run(NODE, ["-e", "process.kill(process.pid, 'SIGKILL')"]);
    expect(result).toMatchObject({ exitStatus: undefined, missing: false });
  });

  test("that takes too long is ended", async () => {
    const result = await runner().run(NODE, ["-e", "setInterval(() => {}, 1000)"], { timeout: 300 });
    expect(result).toMatchObject({ exitStatus: undefined, missing: false });
  });

  test("is announced before it runs, with where it runs", async () => {
    const announced: unknown[] = [];
    const processes = createProcessRunner((...line) => announced.push(line), new AbortController().signal);
    await processes.run(NODE, ["-e", "0"], { cwd: "/" });
    await processes.interactive(NODE, ["-e", "0"]);
    expect(announced).toEqual([
      [NODE, ["-e", "0"], "/"],
      [NODE, ["-e", "0"], undefined],
    ]);
  });
});

describe("lines", () => {
  test("are heard while the program runs, errors among them, and a failure is told after them", async () => {
    await using folder = await temporaryFolder();
    const answer = join(folder.path, "answer");
    // The program ends only after its first line has been heard.
    const script = `console.log("one"); const wait = setInterval(() => {
      if (require("fs").existsSync(${JSON.stringify(answer)})) { console.error("two"); clearInterval(wait); process.exitCode = 4; }
    }, 10)`;
    const lines: string[] = [];
    const result = await runner().run(NODE, ["-e", script], {
      timeout: 20_000,
      onLine: (line) => {
        lines.push(line);
        if (line === "one") void writeFile(answer, "");
      },
    });
    expect(lines).toEqual(["one", "two"]);
    expect(result).toMatchObject({ exitStatus: 4, output: "one", errors: "two" });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("an interruption", () => {
  test.each([true, false])("ends the program that runs and is told as such (lines heard: %s)", async (heard) => {
    await using folder = await temporaryFolder();
    const started = join(folder.path, "pid");
    const interruption = new AbortController();
    const script = `require("fs").writeFileSync(${JSON.stringify(started)}, String(process.pid)); setInterval(() => {}, 1000)`;
    const running = runner(interruption.signal).run(NODE, ["-e", script], heard ? { onLine: () => {} } : {});
    const ended = userErrorOf(() => running);
    await expect.poll(() => existsSync(started) && readFileSync(started, "utf8"), { timeout: 20_000 }).toMatch(/^\d+$/);
    interruption.abort();
    expect((await ended).code).toBe("INTERRUPTED");
    const pid = Number(await readFile(started, "utf8"));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test("that came before lets no program begin", async () => {
    await using folder = await temporaryFolder();
    const started = join(folder.path, "started");
    const script = `require("fs").writeFileSync(${JSON.stringify(started)}, "")`;
    const error = await userErrorOf(() => runner(AbortSignal.abort()).run(NODE, ["-e", script]));
    expect([error.code, existsSync(started)]).toEqual(["INTERRUPTED", false]);
  });
});

describe("a program that has the terminal", () => {
  test("gives its exit status", async () => {
    expect(await runner().interactive(NODE, ["-e", "process.exitCode = 7"])).toBe(7);
  });

  test("is undefined when it is not there", async () => {
    expect(await runner().interactive("biomaid-no-such-program", [])).toBeUndefined();
  });
});
