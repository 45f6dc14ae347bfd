// Loaded before the program (`node --import`): at its end, names on standard error the packages that it loaded.
import { registerHooks } from "node:module";

const packages = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
    if (name !== undefined) packages.add(name);
    return nextLoad(url, context);
  },
});
process.on("exit", () => {
  process.stderr.write(JSON.stringify([...packages].sort()));
});
