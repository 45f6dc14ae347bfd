import { request } from "undici";

/** Milliseconds: nginx answers at once, even while the application starts. */
const TIMEOUT = 10_000;

/** The status that a page answers with; undefined when nothing answers. */
export async function httpStatus(url: string, host: string): Promise<number | undefined> {
  try {
    const answer = await request(url, {
      headers: { host, "user-agent": "biomaid-compose" },
      headersTimeout: TIMEOUT,
      bodyTimeout: TIMEOUT,
    });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return undefined;
  }
}
