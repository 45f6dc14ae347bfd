import { MAIL_PAGE_ADDRESS } from "../../instance/instance.ts";
import type { Service } from "../compose-file.ts";
import { MAIL_CATCHER, type StackInput, USERS } from "../input.ts";
import { HARDENED, healthcheck } from "./common.ts";

/** Keeps every mail of the instance, for people to read, and sends none: it reaches no other machine. */
export function mailService(input: StackInput, port: number, labels: Record<string, string>): Service {
  return {
    ...HARDENED,
    image: input.release.images.mail,
    user: USERS.mail,
    mem_limit: "192m",
    pids_limit: 64,
    environment: { TZ: input.instance.settings.application.time_zone },
    networks: ["mail", "web"],
    ports: [{ target: MAIL_CATCHER.pagePort, published: String(port), host_ip: MAIL_PAGE_ADDRESS, protocol: "tcp" }],
    healthcheck: healthcheck(["CMD", "mail-catcher", "health"], "30s"),
    stop_grace_period: "5s",
    labels,
  };
}
