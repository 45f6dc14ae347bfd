import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Instance } from "../../../src/instance/instance.ts";
import type { Context } from "../../../src/operations/context.ts";
import { startStack } from "../../../src/operations/start-stack.ts";
import { instanceOf, temporaryFolder, userErrorOf } from "../support.ts";

/** An engine whose Compose fails with this message, and that has no container. */
function failing(errors: string): Context {
  const docker = { ping: async () => {}, containers: async () => [], endpoint: async () => "tcp://127.0.0.1:2375" };
  return {
    docker: async () => docker,
    compose: () => ({ up: async () => ({ exitStatus: 1, output: "", errors, missing: false }) }),
    progress: { step: (_name: string, _subject: string, work: (detail: () => void) => unknown) => work(() => {}) },
  } as unknown as Context;
}

/** The error that the start of an instance ends with. */
async function outcome(errors: string, instance: Instance): Promise<[string, object]> {
  const { code, parameters } = await userErrorOf(() => startStack(failing(errors), instance));
  return [code, parameters];
}

describe("a port that an engine without root rights may not have", () => {
  const web = { hosts: ["a.example"], tls: { certificate: "c.pem", key: "k.pem", redirect_port: 80 } };
  const instance = instanceOf({ profile: "production", web });
  const path = instance.paths.file;

  // Docker Engine 26.1.5 with rootlesskit 1.1.0; the other without `builtin` as its port driver.
  test.each([
    "Error response from daemon: driver failed programming external connectivity on endpoint x: Error starting userland proxy: error while calling PortManager.AddPort(): cannot expose privileged port PORT, you can add 'net.ipv4.ip_unprivileged_port_start=PORT' to /etc/sysctl.conf (currently 1024), or set CAP_NET_BIND_SERVICE on rootlesskit binary, or choose a larger port number (>= 1024): listen tcp4 0.0.0.0:PORT: bind: permission denied",
    "Error response from daemon: driver failed programming external connectivity: listen tcp4 0.0.0.0:PORT: bind: permission denied",
  ])("is told with its setting: %s", async (message) => {
    const parameters = (port: number, setting: string) => ({ address: "0.0.0.0", port, setting, path });
    const said = (port: number) => message.replaceAll("PORT", String(port));
    expect(await outcome(said(443), instance)).toMatchObject(["PORT_PRIVILEGED", parameters(443, "web.port")]);
    expect(await outcome(said(80), instance)).toMatchObject([
      "PORT_PRIVILEGED",
      parameters(80, "web.tls.redirect_port"),
    ]);
  });
});

describe("a folder that the engine does not see", () => {
  const instance = instanceOf({ profile: "ci" });
  const endpoint = "tcp://127.0.0.1:2375";

  test.each([
    'Error response from daemon: invalid mount config for type "bind": bind source path does not exist: FOLDER',
    'Error response from daemon: invalid mount config for type "bind": stat FOLDER: permission denied',
    "Error response from daemon: Mounts denied: \nThe path FOLDER is not shared from the host and is not known to Docker.",
  ])("but this machine has is that of another machine: %s", async (message) => {
    await using home = await temporaryFolder();
    const folder = join(home.path, "secret_key");
    await writeFile(folder, "");
    const said = message.replace("FOLDER", folder);
    expect(await outcome(said, instance)).toEqual(["ENGINE_ELSEWHERE", { endpoint, folder }]);
  });

  test("and this machine has not either is what Compose says of it", async () => {
    const said =
      'Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /nowhere/x';
    expect(await outcome(said, instance)).toMatchObject(["STACK_FAILED", { lines: [said] }]);
  });
});
