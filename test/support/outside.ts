import { randomBytes } from "node:crypto";
import { execa } from "execa";
import { asRoot, rootCommand } from "./root.ts";

/**
 * A machine beyond this one's network, as the internet is: a network namespace with an address of TEST-NET-3 (RFC 5737) that
 * listens on a port, is routed to by this host, and knows no way back to the private addresses of containers. So only
 * connections that the host masquerades are answered.
 */
export class Outside implements AsyncDisposable {
  readonly address: string;
  readonly port = 9000;
  readonly #namespace: string;
  readonly #stopListening: () => Promise<void>;

  static async create(): Promise<Outside> {
    const id = randomBytes(3).toString("hex");
    const namespace = `biomaid-${id}`;
    // A /30 of its own, of the 64 that there are: workers of one run never pick the same.
    const first = ((Number(process.env["VITEST_POOL_ID"] ?? 0) + process.ppid) % 64) * 4;
    const [host, address] = [`203.0.113.${first + 1}`, `203.0.113.${first + 2}`];
    await asRoot("ip", "netns", "add", namespace);
    try {
      const [here, there] = [`bm-${id}-h`, `bm-${id}-n`];
      await asRoot("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", namespace);
      await asRoot("ip", "address", "add", `${host}/30`, "dev", here);
      await asRoot("ip", "link", "set", here, "up");
      await asRoot("ip", "-n", namespace, "address", "add", `${address}/30`, "dev", there);
      await asRoot("ip", "-n", namespace, "link", "set", there, "up");
      return new Outside(namespace, address);
    } catch (error) {
      await asRoot("ip", "netns", "delete", namespace);
      throw error;
    }
  }

  private constructor(namespace: string, address: string) {
    this.#namespace = namespace;
    this.address = address;
    const listen = `require("node:net").createServer((socket) => socket.end("outside")).listen(${this.port}, "${address}")`;
    const [program = "", ...args] = rootCommand(["ip", "netns", "exec", namespace, process.execPath, "-e", listen]);
    const listener = execa(program, args, { reject: false });
    this.#stopListening = async () => {
      listener.kill();
      await listener;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopListening();
    // The pair of interfaces goes with it.
    await asRoot("ip", "netns", "delete", this.#namespace);
  }
}
