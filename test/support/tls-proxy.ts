import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Pair } from "./certificates.ts";

export interface TlsProxy extends AsyncDisposable {
  port: number;
  /** Where it hands requests on to: a port of 127.0.0.1. */
  target: number;
}

/** A proxy of this machine that has the HTTPS, and tells of its clients as reverse proxies do; it keeps Host. */
export async function tlsProxy({ certificate, key }: Pair): Promise<TlsProxy> {
  const proxy = { port: 0, target: 0 };
  const server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const headers = {
      ...incoming.headers,
      "x-forwarded-for": incoming.socket.remoteAddress,
      "x-forwarded-proto": "https",
      "x-forwarded-host": incoming.headers.host,
      "x-forwarded-port": String(proxy.port),
    };
    const { method, url: path } = incoming;
    const handedOn = request({ host: "127.0.0.1", port: proxy.target, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    handedOn.on("error", () => outgoing.destroy());
    incoming.pipe(handedOn);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  proxy.port = (server.address() as AddressInfo).port;
  return Object.assign(proxy, {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}
