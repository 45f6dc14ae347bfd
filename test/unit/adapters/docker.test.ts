import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { connectDocker, type DockerEngine } from "../../../src/adapters/docker.ts";
import type { ProcessRunner } from "../../../src/adapters/process.ts";
import { temporaryFolder, userErrorOf } from "../support.ts";

/** No program is to run where DOCKER_HOST says it all. */
const NO_PROGRAMS: ProcessRunner = {
  run: async () => expect.unreachable("a program runs"),
  interactive: async () => expect.unreachable("a program runs"),
};

const NEVER = new AbortController().signal;

/** A frame of a container's output: Engine API, ContainerAttach, "Stream format". */
function frame(stream: 1 | 2, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

async function listen(socket: string, answer: RequestListener): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith("/_ping")) response.end("OK");
    else answer(request, response);
  });
  await new Promise<void>((done) => server.listen(socket, done));
  return server;
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** A docker CLI whose context is this one. */
function contextOf(context: object): ProcessRunner {
  const inspected = { TLSMaterial: {}, Storage: { TLSPath: "<IN MEMORY>" }, ...context };
  return {
    ...NO_PROGRAMS,
    run: async () => ({ exitStatus: 0, output: JSON.stringify(inspected), errors: "", missing: false }),
  };
}

/** What the work finds on an engine that answers so to all but the ping. */
async function withEngine<T>(
  answer: RequestListener,
  work: (engine: DockerEngine) => Promise<T>,
  interruption = NEVER,
): Promise<T> {
  await using folder = await temporaryFolder();
  const socket = join(folder.path, "docker.sock");
  const server = await listen(socket, answer);
  try {
    return await work(await connectDocker(NO_PROGRAMS, { DOCKER_HOST: `unix://${socket}` }, interruption));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("the last lines of a container", () => {
  test("are those of both streams, without the frames around them", async () => {
    const bytes = Buffer.from("détail €\n");
    const frames = [
      frame(1, "first\nsec"),
      frame(1, "ond\n"),
      frame(2, "error\n\n"),
      // A character of several bytes may be cut by the end of a frame.
      frame(1, bytes.subarray(0, 2)),
      frame(1, bytes.subarray(2)),
      frame(1, ""),
    ];
    let asked = "";
    const lines = await withEngine(
      (request, response) => {
        asked = request.url ?? "";
        response.end(Buffer.concat(frames));
      },
      (engine) => engine.lastLines("abc", 12),
    );
    expect(lines).toEqual(["first", "second", "error", "détail €"]);
    expect(asked).toMatch(/\/containers\/abc\/logs\?.*tail=12/);
  });

  test("are none of a container that has said nothing", async () => {
    expect(
      await withEngine(
        (_, response) => response.end(),
        (engine) => engine.lastLines("abc", 5),
      ),
    ).toEqual([]);
  });
});

describe("a container that goes away meanwhile", () => {
  test("is none of the project's containers", async () => {
    const found = await withEngine(
      ({ url = "" }, response) => {
        if (url.includes("/containers/json"))
          json(response, 200, [
            { Id: "gone", Labels: {} },
            { Id: "there", Labels: {} },
          ]);
        else if (url.includes("/gone/")) json(response, 404, { message: "No such container: gone" });
        else
          json(response, 200, {
            Id: "there",
            Config: { Labels: {}, Image: "x:1" },
            HostConfig: {},
            State: { Status: "running" },
          });
      },
      (engine) => engine.containers("biomaid-demo"),
    );
    expect(found.map(({ id }) => id)).toEqual(["there"]);
  });

  test.each([404, 409])("runs no command: the engine's %d is not a failure of it", async (status) => {
    const result = await withEngine(
      (_, response) => json(response, status, { message: "is not running" }),
      (engine) => engine.exec("gone", ["true"]),
    );
    expect(result).toBeUndefined();
  });
});

test("a look at a folder has the SELinux level of the instance, so that its containers can read what it writes", async () => {
  let asked = "";
  const result = await withEngine(
    (request, response) => {
      request.on("data", (part) => {
        asked += part;
      });
      request.on("end", () => json(response, 400, { message: "bind source path does not exist: /data" }));
    },
    (engine) => engine.runInFolder("x:1", "999:999", "/data", ["true"], "label=level:s0:c1,c2"),
  );
  expect(result).toBeUndefined();
  expect(JSON.parse(asked)).toMatchObject({
    HostConfig: { SecurityOpt: ["no-new-privileges:true", "label=level:s0:c1,c2"] },
  });
});

describe("an image", () => {
  test("that is not there has no ID; a failure of the engine is not taken for that", async () => {
    const answer =
      (status: number, body: object): RequestListener =>
      (_, response) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      };
    const id = (listener: RequestListener) => withEngine(listener, (engine) => engine.imageId("x:1"));
    expect(await id(answer(200, { Id: "sha256:1" }))).toBe("sha256:1");
    expect(await id(answer(404, { message: "no such image" }))).toBeUndefined();
    await expect(id(answer(500, { message: "broken" }))).rejects.toThrow("broken");
  });
});

describe("a registry", () => {
  const has = (listener: RequestListener, interruption?: AbortSignal) =>
    withEngine(listener, (engine) => engine.registryHas("python:3"), interruption);

  test("has an image or not, as the engine finds", async () => {
    expect(await has((_, response) => response.end("{}"))).toBe(true);
    expect(await has((_, response) => response.writeHead(500).end('{"message":"no route to host"}'))).toBe(false);
  });

  test("that does not answer is not waited for after Ctrl-C, and is not taken for one that has nothing", async () => {
    const interruption = new AbortController();
    const error = await userErrorOf(() => has(() => interruption.abort(), interruption.signal));
    expect(error.code).toBe("INTERRUPTED");
  });
});

describe("an engine", () => {
  test("that ends in the middle of a command is told as one that is not there", async () => {
    const error = await userErrorOf(() =>
      withEngine(
        (request) => request.socket.destroy(),
        (engine) => engine.containers("biomaid-x"),
      ),
    );
    expect(error.code).toBe("ENGINE_UNREACHABLE");
  });

  test("that does not answer is told with its address", async () => {
    await using folder = await temporaryFolder();
    const endpoint = `unix://${join(folder.path, "docker.sock")}`;
    const error = await userErrorOf(() => connectDocker(NO_PROGRAMS, { DOCKER_HOST: endpoint }, NEVER));
    expect([error.code, error.parameters]).toEqual([
      "ENGINE_UNREACHABLE",
      { endpoint, detail: expect.stringContaining("ENOENT") },
    ]);
  });

  test.each([{}, { DOCKER_HOST: "" }])(
    "is the one of the docker CLI's context, without DOCKER_HOST: %j",
    async (env) => {
      await using folder = await temporaryFolder();
      const socket = join(folder.path, "context.sock");
      const server = await listen(socket, (_, response) =>
        response.setHeader("content-type", "application/json").end('{"Version":"27.1"}'),
      );
      const processes = contextOf({ Endpoints: { docker: { Host: `unix://${socket}` } } });
      expect(await (await connectDocker(processes, env, NEVER)).version()).toBe("27.1");
      server.closeAllConnections();
      server.close();
    },
  );

  test.each([
    ["bind source path does not exist: /x", 400, false],
    ["No such image: biomaid-compose/none:none", 404, true],
    ["not allowed by a plugin", 403, true],
  ])("that says %j of a file sees it or not", async (message, status, seen) => {
    let asked = "";
    const sees = await withEngine(
      (request, response) => {
        request.on("data", (chunk: Buffer) => {
          asked += chunk.toString("utf8");
        });
        request.on("end", () => json(response, status, { message }));
      },
      (engine) => engine.sees("/srv/biomaid/demo/x"),
    );
    expect(sees).toBe(seen);
    expect(asked).toContain('"Source":"/srv/biomaid/demo/x"');
  });

  test.each([
    [
      "rootless on cgroup v1",
      { MemoryLimit: false, PidsLimit: false, SecurityOptions: ["name=rootless"] },
      false,
      false,
    ],
    ["confined by SELinux", { MemoryLimit: true, PidsLimit: true, SecurityOptions: ["name=selinux"] }, true, true],
    ["neither", { MemoryLimit: true, PidsLimit: true, SecurityOptions: ["name=seccomp,profile=builtin"] }, true, false],
  ])("that is %s is told as such", async (_, info, limits, selinux) => {
    const capacity = await withEngine(
      (_request, response) => json(response, 200, { NCPU: 2, MemTotal: 8e9, ...info }),
      (engine) => engine.capacity(),
    );
    expect(capacity).toEqual({ cores: 2, memory: 8e9, limits, selinux });
  });

  test.each(["localhost:2375", "tcp://", "ftp://docker.example.org"])("has no address like %s", async (address) => {
    const error = await userErrorOf(() => connectDocker(NO_PROGRAMS, { DOCKER_HOST: address }, NEVER));
    expect([error.code, error.parameters]).toEqual([
      "ENGINE_UNREACHABLE",
      { endpoint: address, detail: expect.stringContaining("tcp://") },
    ]);
  });

  test("of a context that there is not is told, and no other is taken for it", async () => {
    const detail = 'context "gone": context not found';
    const processes: ProcessRunner = {
      ...NO_PROGRAMS,
      run: async () => ({ exitStatus: 1, output: "", errors: `${detail}\n`, missing: false }),
    };
    const error = await userErrorOf(() => connectDocker(processes, { DOCKER_CONTEXT: "gone" }, NEVER));
    expect([error.code, error.parameters]).toEqual(["ENGINE_UNREACHABLE", { endpoint: "gone", detail }]);
  });

  test("is not looked for where there is no docker command", async () => {
    const processes: ProcessRunner = {
      ...NO_PROGRAMS,
      run: async () => ({ exitStatus: undefined, output: "", errors: "", missing: true }),
    };
    expect((await userErrorOf(() => connectDocker(processes, {}, NEVER))).code).toBe("DOCKER_MISSING");
  });
});
