import { Agent } from "node:http";
import type { Duplex } from "node:stream";
import { execa } from "execa";

/**
 * Reaches an engine as the docker CLI does for `ssh://`: each connection is an `ssh` that runs `docker system dial-stdio`
 * there. So the operator's own ~/.ssh/config, keys, agent and known hosts count.
 */
export class SshAgent extends Agent {
  readonly #command: string[];

  /** @param address `ssh://user@host:port` */
  constructor(address: string) {
    super();
    const { hostname, port, username } = new URL(address);
    this.#command = [
      // As the docker CLI has it; BatchMode: nobody could answer a question that is asked in the middle of a command.
      ...["-o", "ConnectTimeout=30", "-o", "BatchMode=yes", "-T"],
      ...(username === "" ? [] : ["-l", decodeURIComponent(username)]),
      ...(port === "" ? [] : ["-p", port]),
      ...["--", hostname, "docker", "system", "dial-stdio"],
    ];
  }

  override createConnection(): Duplex {
    const child = execa("ssh", this.#command, { reject: false, buffer: false, stderr: "pipe" });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });
    const stream = child.duplex();
    // What ssh says is the only trace of why there is no answer.
    void child.then((result) => {
      if (result.failed && !stream.destroyed) stream.destroy(new Error(said.trim() || result.shortMessage));
    });
    return stream;
  }
}
