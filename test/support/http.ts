import { type Agent, type IncomingHttpHeaders, request } from "node:http";
import { request as secureRequest } from "node:https";
import { gunzipSync } from "node:zlib";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** By HTTPS, whoever has issued the certificate. */
  tls?: boolean;
  agent?: Agent;
  signal?: AbortSignal;
}

/** One request, on a connection of its own unless an agent has others, the path exactly as given: no client's normalisation comes before nginx's. */
export function ask(
  port: number,
  path: string,
  { method = "GET", headers = {}, body, tls, agent, signal }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = (tls ? secureRequest : request)({
      host: "127.0.0.1",
      port,
      path,
      method,
      agent: agent ?? false,
      ...(signal && { signal }),
      ...(tls && { rejectUnauthorized: false, servername: "localhost" }),
      headers: { Host: "localhost", ...headers },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const data = Buffer.concat(chunks);
        const text = (response.headers["content-encoding"] === "gzip" ? gunzipSync(data) : data).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.end(body);
  });
}

/** The cookies of an answer, as a browser would send them back. */
export function cookies(answer: Answer): string {
  return (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; ");
}

export const AGENT = { "User-Agent": "test" };
export const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
