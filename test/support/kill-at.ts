/**
 * Loaded into the CLI by `node --import`: the process is killed, as by `kill -9`, instead of its nth call of one function
 * of node:fs. `KILL_AT=rename:3` names both.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [name = "", count = ""] = (process.env["KILL_AT"] ?? "").split(":");
let calls = 0;

for (const functions of [fs, fs.promises] as unknown as Record<string, (...args: unknown[]) => unknown>[]) {
  const original = functions[name];
  if (original === undefined) throw new Error(`node:fs has no ${name}`);
  functions[name] = (...args) => {
    if (++calls === Number(count)) process.kill(process.pid, "SIGKILL");
    return original.apply(functions, args);
  };
}
syncBuiltinESMExports();
