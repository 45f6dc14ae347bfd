#!/usr/bin/env node
import module from "node:module";

// Many distributions have an older Node: there, say what is needed rather than fail on the first new thing.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(`biomaid-compose: Node >= 24.15 est nécessaire / is needed (${process.version})\n`);
  process.exit(1);
}
module.enableCompileCache();
const { run } = await import("./cli/run.ts");
process.exitCode = await run(process.argv);
