import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PATHS, USERS, WEB_PORT } from "../../src/stack/input.ts";
import { freePort } from "../../test/support/ports.ts";
import { startBareApp } from "./bare-app.ts";
import type { Bench } from "./bench.ts";
import { firstAnswer } from "./first-answer.ts";
import type { BenchInstance } from "./instance.ts";
import { UnpackedImage } from "./unpacked-image.ts";

/** nginx on the host, with gunicorn behind it where asked for: the instance's images and files without containers. */
export interface BareWeb extends AsyncDisposable {
  port: number;
}

/** @param withApplication whether gunicorn runs too; without it only files are served */
export async function startBareWeb(bench: Bench, instance: BenchInstance, withApplication: boolean): Promise<BareWeb> {
  await using disposables = new AsyncDisposableStack();
  const log = join(bench.folder, "bare.log");
  await writeFile(log, "");
  // nginx opens /dev/stdout as a user of its own.
  await chmod(log, 0o666);
  const application = withApplication ? disposables.use(await startBareApp(bench, instance, log)) : undefined;

  const unpacked = await UnpackedImage.unpack(bench, bench.planned.release.images.web, "bare-web");
  for (const folder of [PATHS.static, PATHS.media, PATHS.socket, PATHS.nginx]) {
    await mkdir(unpacked.path(folder), { recursive: true });
  }
  await bench.run("cp", ["-a", `${await instance.volume("static")}/.`, unpacked.path(PATHS.static)]);
  await bench.run("cp", ["-a", `${await instance.volume("media")}/.`, unpacked.path(PATHS.media)]);
  await bench.run("cp", ["-a", `${join(instance.folder, "stack", "web")}/.`, unpacked.path(PATHS.nginx)]);
  const port = await freePort();
  const configuration = unpacked.path(`${PATHS.nginx}/nginx.conf`);
  const text = await readFile(configuration, "utf8");
  await writeFile(configuration, text.replace(`listen ${WEB_PORT} `, `listen 127.0.0.1:${port} `));

  const [user = "", group = ""] = USERS.web.split(":");
  const server = disposables.use(
    unpacked.start(["nginx", "-c", `${PATHS.nginx}/nginx.conf`, "-g", "daemon off;"], {
      user,
      group,
      log,
      mounts: application ? { [PATHS.socket]: application.sockets } : {},
    }),
  );
  await server.ready(firstAnswer(bench, { port }, "/nginx-health"));
  const moved = disposables.move();
  return { port, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}
