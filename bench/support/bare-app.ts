import { chmod, cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PATHS, USERS } from "../../src/stack/input.ts";
import type { Bench } from "./bench.ts";
import { firstAnswer } from "./first-answer.ts";
import type { BenchInstance } from "./instance.ts";
import { UnpackedImage } from "./unpacked-image.ts";

export const SOURCE = "/srv/biomaid/source";
export const GUNICORN = "/opt/biomaid/venv/bin/gunicorn";

/** Where the entrypoint puts the site's configuration folder, to which the source has a link. */
export const LOCAL = "/run/biomaid/local";

export interface BareApp extends AsyncDisposable {
  /** The folder with app.sock in it. */
  sockets: string;
}

/** gunicorn on the host, as one would start it by hand, on the instance's database. */
export async function startBareApp(bench: Bench, instance: BenchInstance, log: string): Promise<BareApp> {
  const unpacked = await UnpackedImage.unpack(bench, bench.planned.release.images.app, "bare-app");
  const settings = JSON.parse(await readFile(join(instance.folder, "stack", "app", "settings.json"), "utf8"));
  // From the database's own network namespace, so over loopback, as on a host that has both.
  settings.database.host = "127.0.0.1";
  await writeFile(unpacked.path(`${PATHS.stack}/settings.json`), JSON.stringify(settings));
  await cp(join(instance.folder, "secrets"), unpacked.path("/run/secrets"), { recursive: true });
  // Their folder is for root alone; as Compose does, the files are mounted without it.
  await chmod(unpacked.path("/run/secrets"), 0o755);
  await symlink(`${SOURCE}/${settings.local}`, unpacked.path(LOCAL));
  await bench.run("cp", ["-a", `${await instance.volume("media")}/.`, unpacked.path(PATHS.media)]);
  const [user = "", group = ""] = USERS.app.split(":");
  const sockets = unpacked.path(PATHS.socket);
  const gunicorn = unpacked.start(
    [
      GUNICORN,
      `--workers=${settings.workers}`,
      `--timeout=${settings.request_timeout}`,
      "--worker-tmp-dir=/dev/shm",
      "--umask=7",
      "--forwarded-allow-ips=*",
      `--chdir=${SOURCE}`,
      `--bind=unix:${PATHS.socket}/app.sock`,
      "dra.wsgi",
    ],
    { user, group, log, namespace: await instance.pid("db"), environment: { TZ: settings.time_zone } },
  );
  try {
    await gunicorn.ready(firstAnswer(bench, { socketPath: join(sockets, "app.sock") }));
  } catch (error) {
    await gunicorn[Symbol.asyncDispose]();
    throw error;
  }
  return { sockets, [Symbol.asyncDispose]: () => gunicorn[Symbol.asyncDispose]() };
}
