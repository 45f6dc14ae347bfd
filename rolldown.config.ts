import { defineConfig } from "rolldown";
import manifest from "./package.json" with { type: "json" };

// Bundled and as CommonJS, because Node starts one file three times as fast as fifty modules (docs/adr/0021-bundle.md).
export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  external: Object.keys(manifest.dependencies),
  output: {
    dir: "dist",
    format: "cjs",
    cleanDir: true,
    entryFileNames: "[name].cjs",
    chunkFileNames: "chunks/[name].cjs",
  },
});
