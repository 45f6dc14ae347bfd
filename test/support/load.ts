import { setTimeout } from "node:timers/promises";
import { ask } from "./http.ts";

/** Milliseconds for one answer. */
const TIMEOUT = 10_000;
/** Milliseconds after a request that was not answered: no busy loop while nothing answers. */
const PAUSE = 20;

/** A few clients that ask for pages without a pause, until stopped. What they were answered is counted. */
export class Load implements AsyncDisposable {
  readonly answers = new Map<string, number>();
  #running = true;
  readonly #clients: Promise<void>[];

  constructor(port: number, paths: string[]) {
    this.#clients = paths.map((path) => this.#client(port, path));
  }

  get total(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How many were answered with a page. */
  get served(): number {
    return this.answers.get("200") ?? 0;
  }

  /** Resolves when so many more were answered with a page. */
  async progress(count: number, seconds: number): Promise<void> {
    const [wanted, deadline] = [this.served + count, Date.now() + seconds * 1000];
    while (this.served < wanted) {
      if (Date.now() > deadline) throw new Error(`no ${count} pages within ${seconds} s: ${[...this.answers]}`);
      await setTimeout(PAUSE);
    }
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#clients);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #client(port: number, path: string): Promise<void> {
    while (this.#running) {
      const signal = AbortSignal.timeout(TIMEOUT);
      const outcome = await ask(port, path, { headers: { "User-Agent": "load" }, signal }).then(
        ({ status }) => `${status}`,
        async (error: Error) => {
          await setTimeout(PAUSE);
          return error.message;
        },
      );
      this.answers.set(outcome, (this.answers.get(outcome) ?? 0) + 1);
    }
  }
}
