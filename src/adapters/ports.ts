import { createServer } from "node:net";
import type { ProcessRunner } from "./process.ts";

/** Whether a TCP port of this machine can be listened on; `denied` where the system does not let this user. */
export async function probePort(address: string, port: number): Promise<"free" | "taken" | "unknown"> {
  const server = createServer();
  return new Promise((done) => {
    server.once("error", (error: NodeJS.ErrnoException) => done(error.code === "EADDRINUSE" ? "taken" : "unknown"));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => done("free")));
  });
}

/** The program that listens on a TCP port; undefined where ss(8) is missing or may not tell this user. */
export async function listenerOn(
  processes: ProcessRunner,
  port: number,
): Promise<{ program: string; pid: number } | undefined> {
  const { output } = await processes.run("ss", ["-ltnpH", `sport = :${port}`]);
  const [, program, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(output) ?? [];
  return program === undefined ? undefined : { program, pid: Number(pid) };
}
