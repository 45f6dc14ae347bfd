import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WEB_PORT } from "../../src/stack/input.ts";
import { cookies } from "../../test/support/http.ts";
import { signIn } from "../../test/support/sign-in.ts";
import type { Bench, Row } from "../support/bench.ts";
import { BenchInstance } from "../support/instance.ts";
import { load } from "../support/load.ts";
import { pairs } from "../support/pairs.ts";

const FILE = { path: "/media/bench.bin", clients: 16 };
const KILOBYTES = 50;
const TIMES = 3;

/** nginx's old processes end within this many milliseconds of a reload. */
const RELOAD_MS = 2000;

/** A user of the fixtures, which the source publishes. */
const USER = { name: "root", password: "introuvable" };

export const media: Row = {
  name: "media",
  async measure(bench) {
    const instance = await bench.instance();
    await using open = await openInstance(bench);
    for (const each of [instance, open]) await putFile(bench, each);
    const cookie = cookies(await signIn(instance.port, USER.name, USER.password));
    const [checked, unchecked] = [await instance.pid("web"), await open.pid("web")];
    const target = { ...FILE, port: WEB_PORT, headers: { Cookie: cookie } };
    const against = (requests: number, count: number) =>
      pairs(
        bench,
        count,
        () => load(bench, { ...target, requests, namespace: checked }),
        () => load(bench, { ...target, requests, namespace: unchecked }),
      );
    const cached = await against(10_000, bench.options.pairs * TIMES);
    await using _ = await withoutCache(instance);
    const asked = await against(100, bench.options.pairs);
    const what = `upload of ${KILOBYTES} KB in web's network namespace, media.access signed-in`;
    return [
      { what: `${what} ÷ public`, unit: "ratio", pairs: { ...cached, unit: "requests/s" } },
      { what: `${what}, asked each time ÷ public`, unit: "ratio", pairs: { ...asked, unit: "requests/s" } },
    ];
  },
};

/** One whose uploads are for all who have the URL. */
async function openInstance(bench: Bench): Promise<BenchInstance> {
  await using disposables = new AsyncDisposableStack();
  const instance = disposables.use(await BenchInstance.reserve(bench));
  await instance.up();
  await instance.cli(["config", "set", instance.name, "media.access", "public"]);
  await instance.up();
  disposables.move();
  return instance;
}

async function putFile(bench: Bench, instance: BenchInstance): Promise<void> {
  const file = join(await instance.volume("media"), "bench.bin");
  await bench.run("sh", ["-c", `head -c ${KILOBYTES}k /dev/urandom >"$1" && chmod 644 "$1"`, "sh", file]);
}

/** Has the application asked for each request, until it is disposed of. */
async function withoutCache(instance: BenchInstance): Promise<AsyncDisposable> {
  const file = join(instance.folder, "stack", "web", "nginx.conf");
  const text = await readFile(file, "utf8");
  const use = async (content: string): Promise<void> => {
    await writeFile(file, content);
    await instance.compose("kill", "--signal", "HUP", "web");
    await sleep(RELOAD_MS);
  };
  await use(text.replace("proxy_cache sessions;", "proxy_cache off;"));
  return { [Symbol.asyncDispose]: () => use(text) };
}
