import type { RunningService } from "./running-service.ts";
import type { Changes, TestInstance } from "./test-instance.ts";

/** Seconds: a request takes at most 0.5 s in the tests of app; a stop waits for it. */
export const GRACE = 60;

/** An instance's app containers, of several generations, behind one web container. */
export class AppContainers {
  readonly instance: TestInstance;

  /** @param instance has its database initialised, and web running */
  constructor(instance: TestInstance) {
    this.instance = instance;
  }

  start(generation: number): Promise<RunningService> {
    return this.instance.start("app", this.environment(generation));
  }

  environment(generation: number): Changes {
    const { environment } = this.instance.definition("app");
    return { environment: { ...environment, BIOMAID_GENERATION: String(generation) } };
  }

  socketOf(app: RunningService, generation: number): string {
    return `${generation}-${app.hostname}.sock`;
  }

  /** The socket in service. */
  async linked(): Promise<string> {
    return (await this.instance.service("web").read("readlink", "/srv/biomaid/socket/app.sock")).trim();
  }

  async sockets(): Promise<string[]> {
    const names = (await this.instance.service("web").read("ls", "/srv/biomaid/socket")).trim().split("\n");
    return names.filter((name) => name !== "app.sock").sort();
  }
}
