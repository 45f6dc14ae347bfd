import type { Service } from "../compose-file.ts";
import { PATHS, type StackInput, USERS, WEB_PORT } from "../input.ts";
import { folder, HARDENED, healthcheck, readOnlyVolume, volume } from "./common.ts";

/** Neither image of nginx is sure to have an HTTP client; both have bash, which opens TCP connections. */
const ASK_NGINX = `exec 3<>/dev/tcp/127.0.0.1/${WEB_PORT} && printf 'GET /nginx-health HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3`;

export function webService(input: StackInput, labels: Record<string, string>): Service {
  const { application, web } = input.instance.settings;
  return {
    ...HARDENED,
    image: input.release.images.web,
    user: USERS.web,
    mem_limit: "256m",
    pids_limit: 64,
    environment: { TZ: application.time_zone },
    volumes: [
      folder("./stack/web", PATHS.nginx),
      readOnlyVolume("static", PATHS.static),
      readOnlyVolume("media", PATHS.media),
      // connect() asks for write permission on the socket, not on the mount.
      readOnlyVolume("socket", PATHS.socket),
      // Request bodies: on disk, because a tmpfs counts as the container's memory.
      volume("web_tmp", "/var/cache/nginx"),
    ],
    tmpfs: ["/tmp:mode=1777,size=16m"],
    networks: ["web"],
    ports: [{ target: WEB_PORT, published: String(web.port), host_ip: web.address, protocol: "tcp" }],
    healthcheck: healthcheck(["CMD", "bash", "-c", ASK_NGINX], "30s"),
    // nginx's graceful shutdown: requests that have begun are finished.
    stop_signal: "SIGQUIT",
    stop_grace_period: `${application.timeout + 10}s`,
    labels,
  };
}
