import type { Agent as HttpAgent } from "node:http";
import { Agent } from "node:https";
import Dockerode from "dockerode";
import type { Endpoint } from "./endpoint.ts";
import { SshAgent } from "./ssh-agent.ts";

export function dockerodeAt(endpoint: Endpoint): Dockerode {
  return withoutCertPath(() => new Dockerode(optionsFor(endpoint)));
}

/** Docker's own ports, without TLS and with it (docs.docker.com/engine/daemon/remote-access). */
const PORTS = { plain: "2375", tls: "2376" };

const SCHEMES = ["tcp:", "http:", "https:", "ssh:"];

/** The types of dockerode leave out the agent, which it hands over to Node's http. */
type Connection = Dockerode.DockerOptions & { agent?: HttpAgent };

function optionsFor({ address, tls }: Endpoint): Connection {
  if (address.startsWith("unix://")) return { socketPath: address.slice("unix://".length) };
  const { protocol, hostname, port } = new URL(address);
  if (!SCHEMES.includes(protocol) || hostname === "")
    throw new Error("neither unix://, nor tcp:// or ssh:// with a host");
  // dockerode's own ssh knows neither ~/.ssh/config nor known hosts.
  if (protocol === "ssh:") return { protocol: "http", host: hostname, port: PORTS.plain, agent: new SshAgent(address) };
  if (tls === undefined && protocol !== "https:")
    return { protocol: "http", host: hostname, port: port || PORTS.plain };
  const { verify, ...material } = tls ?? { verify: true };
  const agent = new Agent({ ...material, rejectUnauthorized: verify });
  return { protocol: "https", host: hostname, port: port || PORTS.tls, agent };
}

/** dockerode takes certificates from DOCKER_CERT_PATH by itself, and fails for want of files that Docker does without. */
function withoutCertPath<T>(work: () => T): T {
  const { DOCKER_CERT_PATH: path } = process.env;
  delete process.env["DOCKER_CERT_PATH"];
  try {
    return work();
  } finally {
    if (path !== undefined) process.env["DOCKER_CERT_PATH"] = path;
  }
}
