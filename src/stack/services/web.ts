import { publishedPorts } from "../../instance/instance.ts";
import { HOST_PROXY } from "../../instance/settings/web.ts";
import type { Port, Service } from "../compose-file.ts";
import { PATHS, type StackInput, USERS, WEB_PORT, WEB_TLS_PORT } from "../input.ts";
import { dataVolume, folder, HARDENED, healthcheck, readOnlyVolume, volume } from "./common.ts";

/** Neither image of nginx is sure to have an HTTP client; both have bash, which opens TCP connections. */
const ASK_NGINX = `exec 3<>/dev/tcp/127.0.0.1/${WEB_PORT} && printf 'GET /nginx-health HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3`;

export function webService(input: StackInput, labels: Record<string, string>): Service {
  const { application, web } = input.instance.settings;
  return {
    ...HARDENED,
    image: input.release.images.web,
    ...(web.trusted_proxies.includes(HOST_PROXY) ? { command: ["bash", `${PATHS.nginx}/start.sh`] } : {}),
    user: USERS.web,
    mem_limit: "256m",
    pids_limit: 64,
    environment: { TZ: application.time_zone },
    volumes: [
      folder("./stack/web", PATHS.nginx),
      ...(web.tls === undefined ? [] : [folder("./secrets/tls", PATHS.tls)]),
      // The folder above the pages, which stays when they are built again.
      ...(web.documentation ? [folder("./documentation", PATHS.documentation)] : []),
      readOnlyVolume("static", PATHS.static),
      { ...dataVolume(input, "media", PATHS.media), read_only: true },
      // connect() asks for write permission on the socket, not on the mount.
      readOnlyVolume("socket", PATHS.socket),
      // Request bodies: on disk, because a tmpfs counts as the container's memory.
      volume("web_tmp", "/var/cache/nginx"),
    ],
    tmpfs: ["/tmp:mode=1777,size=16m"],
    networks: ["web"],
    ports: publishedPorts(input.instance).map(
      ({ port, speaks }): Port => ({
        target: speaks === "https" ? WEB_TLS_PORT : WEB_PORT,
        published: String(port),
        host_ip: web.address,
        protocol: "tcp",
      }),
    ),
    healthcheck: healthcheck(["CMD", "bash", "-c", ASK_NGINX], "30s"),
    // nginx's graceful shutdown: requests that have begun are finished.
    stop_signal: "SIGQUIT",
    stop_grace_period: `${application.timeout + 10}s`,
    labels,
  };
}
