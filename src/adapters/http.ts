import { Agent, request } from "undici";

/** Milliseconds: nginx answers at once, even while the application starts. */
const TIMEOUT = 10_000;

/**
 * The status that a page answers with; undefined when nothing answers. Any certificate will do: the name in it is not that
 * of the address, and this machine need not know the authority that the users' machines know.
 */
export async function requestStatus(url: string, host: string): Promise<number | undefined> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const answer = await request(url, {
      dispatcher,
      headers: { host, "user-agent": "biomaid-compose" },
      headersTimeout: TIMEOUT,
      bodyTimeout: TIMEOUT,
    });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return undefined;
  } finally {
    await dispatcher.close();
  }
}
