import type Dockerode from "dockerode";
import { GenericContainer, type StartedTestContainer } from "testcontainers";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { hostNetwork } from "./support/host-network.ts";
import { RunningService } from "./support/running-service.ts";
import { dockerode } from "./support/service-container.ts";

const images = inject("images");
const names = ["app", "web", "db"] as const;
type Name = (typeof names)[number];

const started: StartedTestContainer[] = [];
const inside = {} as Record<Name, RunningService>;
const inspected = {} as Record<Name, Dockerode.ImageInspectInfo>;

beforeAll(async () => {
  const docker = await dockerode();
  for (const name of names) {
    const container = await new GenericContainer(images[name])
      .withEntrypoint(["sleep"])
      .withCommand(["infinity"])
      // Root, or the search would pass over what the service's user may not read.
      .withUser("0")
      .start();
    started.push(container);
    inside[name] = new RunningService(docker.getContainer(container.getId()));
    inspected[name] = await docker.getImage(images[name]).inspect();
  }
});
afterAll(async () => {
  for (const container of started) await container.stop();
});

function find(name: Name, ...expression: string[]): Promise<string> {
  return inside[name].read("find", "/", "-xdev", ...expression);
}

describe.each(names)("the image of %s", (name) => {
  test("has no file that changes its user or group", async () => {
    expect(await find(name, "-type", "f", "-perm", "/6000")).toBe("");
  });

  test("has no package lists, no package cache, no cache of root's", async () => {
    const script = "find /var/lib/apt/lists /var/cache/apt /root/.cache /tmp /var/tmp -type f 2>/dev/null || true";
    expect(await inside[name].read("sh", "-c", script)).toBe("");
  });

  test("has no compiler, linker, nor tool that installs", async () => {
    const tools = ["gcc", "gcc-[0-9]*", "cc", "cc1", "c++", "g++", "as", "ld", "ld.bfd", "ld.gold", "make", "go"];
    const installers = ["pip", "pip3*", "pip-*.dist-info", "poetry", "setuptools", "wheel", "ensurepip", "git", "npm"];
    const expression = [...tools, ...installers].flatMap((tool) => ["-o", "-name", tool]).slice(1);
    const found = (
      await find(name, "(", ...expression, ")", "-not", "-path", "/usr/share/doc/*", "-not", "-path", "/var/lib/dpkg/*")
    )
      .trim()
      .split("\n");
    expect(
      found.filter((path) => /\/(s?bin|lib(exec)?|python[\d.]*|site-packages|dist-packages)\//.test(path)),
    ).toEqual([]);
  });

  test("runs as a user of its own and declares no volume", () => {
    const users = { app: "10001:10001", web: "10002:10001", db: "999:999" };
    expect(inspected[name].Config.User).toBe(users[name]);
    // A declared volume would become an anonymous one wherever compose.yaml mounts nothing.
    expect(inspected[name].Config.Volumes ?? {}).toEqual({});
  });

  test("says what it is made of", () => {
    const labels = inspected[name].Config.Labels;
    expect(labels).toMatchObject({ "org.opencontainers.image.title": expect.stringMatching(/./) });
    expect(labels["biomaid-compose.recipe"]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("tells nothing of the host that built it: proxy, mirrors, certificate authorities", async () => {
    const packaged = await inside[name].read(
      "sh",
      "-c",
      "cat /usr/share/ca-certificates/mozilla/*.crt 2>/dev/null || :",
    );
    const marks = await hostNetwork(packaged);

    const docker = await dockerode();
    const metadata = JSON.stringify([inspected[name], await docker.getImage(images[name]).history()]);
    expect(marks.filter((mark) => metadata.includes(mark))).toEqual([]);
    expect(metadata).not.toMatch(/PROXY|PIP_|GOPROXY|SSL_CERT_FILE|CA_BUNDLE/i);
    if (marks.length === 0) return;
    const patterns = marks.flatMap((mark) => ["-e", mark]);
    const folders = "bin boot etc home lib lib64 media mnt opt root run sbin srv tmp usr var";
    const search = `cd /; for d in ${folders}; do [ ! -e "$d" ] || grep -rlF --devices=skip "$@" "$d" || [ $? -eq 1 ]; done`;
    expect(await inside[name].read("sh", "-c", search, "search", ...patterns)).toBe("");
  });
});

describe("the application's image", () => {
  test("tells its source", () => {
    expect(inspected.app.Config.Labels).toMatchObject({
      "org.opencontainers.image.title": "BiomAid",
      "org.opencontainers.image.version": expect.stringMatching(/./),
      "org.opencontainers.image.revision": expect.stringMatching(/^[0-9a-f]{40,64}$/),
    });
  });

  test("has the bytecode of every module, which Python takes without a look at the source's date", async () => {
    const script = `
import importlib.util, pathlib, sys
missing = []
for root in ("/srv/biomaid/source", "/opt/biomaid/runtime", "/opt/biomaid/venv/lib/python3.11/site-packages/django"):
    for source in pathlib.Path(root).rglob("*.py"):
        if any(part in ("conf", "local") for part in source.parts) and "-tpl" in str(source):
            continue
        compiled = pathlib.Path(importlib.util.cache_from_source(str(source)))
        if not compiled.is_file() or int.from_bytes(compiled.read_bytes()[4:8], "little") != 1:
            missing.append(str(source))
print(missing)
`;
    expect(await inside.app.read("/opt/biomaid/venv/bin/python", "-c", script)).toBe("[]\n");
  });

  test("has Python 3.11, the French locale and the time zones", async () => {
    const script = `
import locale, sys, zoneinfo
locale.setlocale(locale.LC_ALL, "fr_FR.UTF-8")
print(sys.version_info[:2], locale.str(1.5), zoneinfo.ZoneInfo("Europe/Paris"))
`;
    expect(await inside.app.read("python", "-c", script)).toBe("(3, 11) 1,5 Europe/Paris\n");
  });

  test("has code that the application cannot change, and nothing of a developer's checkout", async () => {
    expect(
      await find(
        "app",
        "(",
        "-path",
        "/srv/biomaid/source/*",
        "-o",
        "-path",
        "/opt/*",
        ")",
        "-perm",
        "/022",
        "-not",
        "-type",
        "l",
      ),
    ).toBe("");
    expect(
      await find("app", "(", "-path", "/srv/biomaid/source/*", "-o", "-path", "/opt/*", ")", "-not", "-user", "0"),
    ).toBe("");
    const root = (await inside.app.read("ls", "-A", "/srv/biomaid/source")).split("\n");
    for (const name of [".git", "media", "staticfiles", "instance_settings.py"]) expect(root).not.toContain(name);
  });

  test("has volumes' directories that belong to the application, closed to others", async () => {
    const folders = ["media", "static", "log", "state", "socket"].map((name) => `/srv/biomaid/${name}`);
    const modes = await inside.app.read("stat", "-c", "%u:%g %a", ...folders);
    expect(new Set(modes.trim().split("\n"))).toEqual(new Set(["10001:10001 750"]));
  });
});

test("the web image has nothing from which a volume of the application's could take its owner", async () => {
  expect(await inside.web.read("ls", "-A", "/srv/biomaid")).toBe("");
});
