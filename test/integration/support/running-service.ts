import type Dockerode from "dockerode";
import { eventually } from "./eventually.ts";

export interface Ended {
  status: number;
  output: string;
  /** From its start to its end, as the engine saw them. */
  seconds: number;
}

export interface Executed {
  status: number;
  stdout: string;
  stderr: string;
}

/** A started container, seen through the engine: what happens to it after its start is what most tests are about. */
export class RunningService {
  readonly container: Dockerode.Container;

  constructor(container: Dockerode.Container) {
    this.container = container;
  }

  inspect(): Promise<Dockerode.ContainerInspectInfo> {
    return this.container.inspect();
  }

  /** Docker's default host name, which is in the name of the application's socket. */
  get hostname(): string {
    return this.container.id.slice(0, 12);
  }

  /** The port of 127.0.0.1 that leads to this one; a restart changes it. */
  async port(internal: number): Promise<number> {
    const { NetworkSettings } = await this.inspect();
    const port = NetworkSettings.Ports[`${internal}/tcp`]?.[0]?.HostPort;
    if (!port) throw new Error(`port ${internal} is not published`);
    return Number(port);
  }

  async output(): Promise<string> {
    return plainText(await this.container.logs({ follow: false, stdout: true, stderr: true }));
  }

  async exec(command: string[], options: { user?: string } = {}): Promise<Executed> {
    const exec = await this.container.exec({
      Cmd: command,
      AttachStdout: true,
      AttachStderr: true,
      ...(options.user ? { User: options.user } : {}),
    });
    const stream = await exec.start({ hijack: true, stdin: false });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const { ExitCode } = await exec.inspect();
    const [stdout, stderr] = [1, 2].map((kind) => plainText(Buffer.concat(chunks), kind)) as [string, string];
    return { status: ExitCode ?? -1, stdout, stderr };
  }

  /** The output of a command that must succeed. */
  async read(...command: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.exec(command);
    if (status !== 0) throw new Error(`${command.join(" ")}: exit status ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  /** PIDs, inside the container, of the processes whose command line matches: a parent before its children. */
  async pids(command: RegExp): Promise<number[]> {
    const list = 'cd /proc; for p in [0-9]*; do echo "$p $(tr "\\0" " " <$p/cmdline)"; done 2>/dev/null';
    const lines = (await this.read("sh", "-c", list)).split("\n");
    return lines
      .filter((line) => command.test(line) && !line.includes("cd /proc;"))
      .map((line) => Number.parseInt(line, 10))
      .sort((one, other) => one - other);
  }

  /** `docker kill`: the engine takes it for the operator's wish and does not start the container again. */
  async kill(signal = "SIGKILL"): Promise<void> {
    await this.container.kill({ signal });
    if (signal === "SIGKILL") await this.container.wait();
  }

  /** As `docker compose stop` does, with the service's own signal; resolves to the exit status. */
  async stop(seconds: number): Promise<number> {
    await this.container.stop({ t: seconds });
    return (await this.inspect()).State.ExitCode;
  }

  async start(): Promise<void> {
    await this.container.start();
  }

  async healthy(): Promise<void> {
    await eventually("the container is healthy", 120, async () => {
      const { State } = await this.inspect();
      if (State.Health?.Status === "healthy" && State.Running) return true;
      if (!State.Running && !State.Restarting) throw new Error(`it ended:\n${await this.output()}`);
      return undefined;
    });
  }

  /** Waits until it prints something that matches. */
  async says(pattern: RegExp, seconds = 60): Promise<RegExpMatchArray> {
    let output = "";
    const probe = async (): Promise<RegExpMatchArray | undefined> => {
      // First, so that the last words of one that ends meanwhile are read too.
      const { State } = await this.inspect();
      output = await this.output();
      const match = output.match(pattern);
      if (!match && !State.Running && !State.Restarting) throw new Error("the container has ended");
      return match ?? undefined;
    };
    return eventually(`${pattern}`, seconds, probe).catch((error: Error) => {
      throw new Error(`${error.message}; the container said:\n${output}`, { cause: error });
    });
  }

  async ended(): Promise<Ended> {
    await this.container.wait();
    const { State } = await this.inspect();
    const seconds = (Date.parse(State.FinishedAt) - Date.parse(State.StartedAt)) / 1000;
    return { status: State.ExitCode, output: await this.output(), seconds };
  }

  async remove(): Promise<void> {
    await this.container.remove({ force: true, v: true });
  }
}

/** The engine multiplexes the two streams: 8 bytes (stream, 0, 0, 0, length) before each chunk. */
function plainText(data: Buffer, kind?: number): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= data.length; ) {
    const length = data.readUInt32BE(at + 4);
    if (kind === undefined || data[at] === kind) parts.push(data.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString("utf8");
}
