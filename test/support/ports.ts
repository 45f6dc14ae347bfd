import { createServer } from "node:net";

/** Below what Linux takes for outgoing connections (ip_local_port_range), so that none of those gets in between. */
const FIRST = 20_000;
const PER_WORKER = 1000;
const WORKERS = 8;

/** A port of this machine that is free, and that no other worker of these tests picks. */
export async function freePort(): Promise<number> {
  const worker = Number(process.env["VITEST_POOL_ID"] ?? 0) % WORKERS;
  for (;;) {
    const port = FIRST + worker * PER_WORKER + Math.floor(Math.random() * PER_WORKER);
    const listener = await listen(port).catch(() => undefined);
    if (listener === undefined) continue;
    await listener[Symbol.asyncDispose]();
    return port;
  }
}

/** Takes a port of 127.0.0.1 until it is disposed of. */
export async function listen(port: number): Promise<AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, done);
  });
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done));
    },
  };
}
