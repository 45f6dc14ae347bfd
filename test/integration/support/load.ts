import { ask } from "./http.ts";

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

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#clients);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #client(port: number, path: string): Promise<void> {
    while (this.#running) {
      const outcome = await ask(port, path, { headers: { "User-Agent": "load" } }).then(
        ({ status }) => `${status}`,
        (error: Error) => error.message,
      );
      this.answers.set(outcome, (this.answers.get(outcome) ?? 0) + 1);
    }
  }
}
