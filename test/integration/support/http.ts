import { type IncomingHttpHeaders, request } from "node:http";
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
}

/** One request on a connection of its own, the path exactly as given: no client's normalisation comes before nginx's. */
export function ask(port: number, path: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      path,
      method,
      agent: false,
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
function cookies(answer: Answer): string {
  return (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; ");
}

/** Signs a demo user in through the page; resolves to the cookies of the session. */
export async function signIn(port: number, username: string, password: string): Promise<string> {
  const page = await ask(port, "/x/common/sign/", { headers: AGENT });
  const token = page.text.match(/name="csrfmiddlewaretoken" value="([^"]+)"/)?.[1] ?? "";
  const form = new URLSearchParams({ form: "sign-in", username, password, csrfmiddlewaretoken: token });
  const answer = await ask(port, "/x/common/sign/", {
    method: "POST",
    headers: { ...AGENT, ...FORM, Cookie: cookies(page) },
    body: form.toString(),
  });
  if (answer.status !== 302) throw new Error(`sign-in answered ${answer.status}`);
  return cookies(answer);
}

export const AGENT = { "User-Agent": "test" };
export const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
