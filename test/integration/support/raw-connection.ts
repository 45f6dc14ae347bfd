import { connect, type Socket } from "node:net";

/** A TCP connection of which every byte is written by the test: what no HTTP client would send. */
export class RawConnection implements AsyncDisposable {
  readonly #socket: Socket;
  #received = "";
  readonly #closed: Promise<void>;

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ host: "127.0.0.1", port });
    await new Promise<void>((done, fail) => socket.once("connect", done).once("error", fail));
    return new RawConnection(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    // A server that resets the connection has closed it, too.
    socket.on("error", () => {});
    socket.setEncoding("latin1").on("data", (text: string) => {
      this.#received += text;
    });
    this.#closed = new Promise((done) => socket.once("close", () => done()));
  }

  write(bytes: string): void {
    if (this.#socket.writable) this.#socket.write(bytes, "latin1");
  }

  get received(): string {
    return this.#received;
  }

  /** Status codes of the answers that have come so far. */
  get statuses(): number[] {
    return [...this.#received.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.#closed;
  }
}
