#!/usr/bin/env node
import module from "node:module";

// Many distributions have an older Node: there, say what is needed rather than fail on the first new thing.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(`biomaid-compose: Node >= 24.15 est nécessaire / is needed (${process.version})\n`);
  process.exit(1);
}
module.enableCompileCache();
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader has gone away, as `head` does: nobody is left to tell anything.
  if (error.code === "EPIPE") process.exit();
  throw error;
});
void import("./cli/run.ts").then(async ({ run }) => {
  process.exitCode = await run(process.argv);
});
