import { createServer } from "node:net";

/** Whether a TCP port of this machine can be listened on; `denied` where the system does not let this user. */
export async function probePort(address: string, port: number): Promise<"free" | "taken" | "unknown"> {
  const server = createServer();
  return new Promise((done) => {
    server.once("error", (error: NodeJS.ErrnoException) => done(error.code === "EADDRINUSE" ? "taken" : "unknown"));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => done("free")));
  });
}
