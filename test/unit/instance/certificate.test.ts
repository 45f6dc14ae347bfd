import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkCertificate, describeCertificate, expiry } from "../../../src/instance/certificate.ts";
import { Authority, type Pair, type Wanted } from "../../support/certificates.ts";
import { userErrorOf } from "../support.ts";

const NAMES = ["biomaid.example.org", "*.biomaid.example.org", "192.0.2.7", "2001:db8::7"];

let authority: Authority;
let good: Pair;
let other: Pair;

beforeAll(async () => {
  authority = await Authority.create();
  good = await authority.chain({ names: NAMES });
  other = await authority.server();
});
afterAll(() => authority?.[Symbol.asyncDispose]());

function check({ certificate, key }: Pair, hosts: string[] = ["biomaid.example.org"]): void {
  const files = { certificate: { file: "c.pem", text: certificate }, key: { file: "k.pem", text: key } };
  checkCertificate(files, hosts, Date.now());
}

const days = (count: number): number => Date.now() + count * 86_400_000;

describe("a certificate is accepted", () => {
  test.each<[string, Wanted]>([
    ["with an ECDSA key", {}],
    ["with an RSA key", { key: "rsa:2048" }],
  ])("%s", async (_, wanted) => {
    check(await authority.chain({ names: NAMES, ...wanted }));
  });

  test.each([
    [["biomaid.example.org", "192.0.2.7", "[2001:db8::7]"]],
    [[".biomaid.example.org"]],
    [["BIOMAID.example.org"]],
    [["localhost", "127.0.0.1", "[::1]", "127.1.2.3"]],
  ])("for the hosts %j", (hosts) => {
    check(good, hosts);
  });

  test("with the root after the intermediate one, with text between, and without its authorities", async () => {
    check({ ...good, certificate: good.certificate + authority.root.certificate });
    check({
      ...good,
      certificate: `Bag Attributes\r\n  friendlyName: x\r\n${good.certificate.replaceAll("\n", "\r\n")}`,
    });
    check(await authority.server({ names: NAMES }));
  });

  test("with a key in the older formats", async () => {
    const { stdout } = await execa("openssl", ["ec"], { input: good.key });
    expect(stdout).toContain("BEGIN EC PRIVATE KEY");
    check({ ...good, key: stdout });
  });
});

describe("a certificate is refused", () => {
  const cases: [string, string, () => Pair | Promise<Pair>, object][] = [
    ["when it is none", "CERTIFICATE_UNREADABLE", () => ({ ...good, certificate: "garbage" }), { file: "c.pem" }],
    ["when it is empty", "CERTIFICATE_UNREADABLE", () => ({ ...good, certificate: "" }), { file: "c.pem" }],
    [
      "when it is cut short",
      "CERTIFICATE_UNREADABLE",
      () => ({ ...good, certificate: good.certificate.replace(/\n.{64}\n/, "\n") }),
      { file: "c.pem" },
    ],
    [
      "when key and certificate change places",
      "CERTIFICATE_UNREADABLE",
      () => ({ certificate: good.key, key: good.certificate }),
      { file: "c.pem" },
    ],
    ["when its key is none", "KEY_UNREADABLE", () => ({ ...good, key: "garbage" }), { file: "k.pem" }],
    ["when its key is encrypted", "KEY_ENCRYPTED", () => encrypted(good), { file: "k.pem" }],
    ["with another's key", "KEY_MISMATCH", () => ({ ...good, key: other.key }), { file: "c.pem", key: "k.pem" }],
    [
      "with a key that is too short",
      "KEY_WEAK",
      () => authority.chain({ names: NAMES, key: "rsa:1024" }),
      { file: "k.pem", bits: 1024 },
    ],
    [
      "when its authority comes first",
      "CERTIFICATE_ORDER",
      async () => {
        const { certificate, key } = await authority.server({ names: NAMES });
        return { certificate: authority.intermediate.certificate + certificate, key };
      },
      { file: "c.pem" },
    ],
    [
      "when its authorities are in the wrong order",
      "CERTIFICATE_ORDER",
      async () => {
        const { certificate, key } = await authority.server({ names: NAMES });
        return { certificate: certificate + authority.root.certificate + authority.intermediate.certificate, key };
      },
      { file: "c.pem" },
    ],
    [
      "when the intermediate authority is left out before the root",
      "CERTIFICATE_CHAIN",
      async () => {
        const { certificate, key } = await authority.server({ names: NAMES });
        return { certificate: certificate + authority.root.certificate, key };
      },
      { issuer: "Test Intermediate", found: "Test Root" },
    ],
    ["when it is over", "CERTIFICATE_EXPIRED", () => authority.chain({ names: NAMES, from: -3, to: -1 }), {}],
    ["when it is not valid yet", "CERTIFICATE_NOT_YET", () => authority.chain({ names: NAMES, from: 1, to: 3 }), {}],
    [
      "when it is for another name",
      "CERTIFICATE_NAMES",
      () => authority.chain({ names: ["else.example.org", "192.0.2.8"] }),
      { hosts: ["biomaid.example.org"], names: ["else.example.org", "192.0.2.8"] },
    ],
  ];
  test.each(cases)("%s (%s)", async (_, code, pair, parameters) => {
    const given = await pair();
    const error = await userErrorOf(() => check(given));
    expect(error.code).toBe(code);
    expect(error.parameters).toMatchObject(parameters);
  });

  test.each([
    ["192.0.2.9", ["192.0.2.9"]],
    [".example.org", ["example.org", "*.example.org"]],
    ["a.b.biomaid.example.org", ["a.b.biomaid.example.org"]],
  ])("without the host %s", async (host, hosts) => {
    const error = await userErrorOf(() => check(good, ["biomaid.example.org", host]));
    expect([error.code, error.parameters]).toEqual(["CERTIFICATE_NAMES", { file: "c.pem", hosts, names: SHOWN }]);
  });

  /** As OpenSSL writes them. */
  const SHOWN = ["biomaid.example.org", "*.biomaid.example.org", "192.0.2.7", "2001:DB8:0:0:0:0:0:7"];

  test("by its common name alone: browsers do not look at it", async () => {
    const { certificate, key } = await authority.server({ names: ["x.example.org"] });
    const name = (await execa("openssl", ["x509", "-noout", "-subject"], { input: certificate })).stdout;
    const [, common = ""] = /CN = (.*)/.exec(name) ?? [];
    const error = await userErrorOf(() => check({ certificate, key }, [common]));
    expect(error.code).toBe("CERTIFICATE_NAMES");
  });
});

async function encrypted({ certificate, key }: Pair): Promise<Pair> {
  const { stdout } = await execa("openssl", ["pkcs8", "-topk8", "-passout", "pass:x"], { input: key });
  return { certificate, key: stdout };
}

describe("what is told of a certificate", () => {
  test("is the authority that browsers will miss, unless the file or Node has it", async () => {
    const { certificate } = await authority.server();
    const issuer = (text: string): string | null => describeCertificate(text, "c.pem").missingIssuer;
    expect(issuer(certificate)).toBe("Test Intermediate");
    expect(issuer(good.certificate)).toBe("Test Root");
    expect(issuer(good.certificate + authority.root.certificate)).toBeNull();
    const { rootCertificates } = await import("node:tls");
    expect(issuer(rootCertificates[0] ?? "")).toBeNull();
  });

  test("is the first day on which one of the file is over, and a warning from 30 days before", async () => {
    const { certificate } = await authority.chain({ to: 31.5 });
    const state = describeCertificate(certificate, "c.pem");
    expect(Date.parse(state.expires) - days(31.5)).toBeLessThan(60_000);
    expect([1, 2, 31, 32].map((count) => expiry(state, days(count)))).toEqual([
      undefined,
      "expires",
      "expires",
      "expired",
    ]);
  });
});
