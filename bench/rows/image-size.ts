import type { Row } from "../support/bench.ts";

export const imageSize: Row = {
  name: "image-size",
  async measure(bench) {
    await bench.instance();
    const inspect = ["image", "inspect", "--format", "{{.Size}}", bench.planned.release.images.app];
    const bytes = Number(await bench.run("docker", inspect));
    return [
      {
        what: "the application's image, bytecode included",
        bar: { sense: "≤", limit: 420 },
        unit: "MB",
        values: [bytes / 1e6],
      },
    ];
  },
};
