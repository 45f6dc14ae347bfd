import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { execa } from "execa";
import { SMTPServer } from "smtp-server";

/** A message as the server took it. */
export interface Message {
  sender: string;
  recipients: string[];
  text: string;
}

/** An SMTP server with a certificate of its own and one login. */
export interface MailServer extends AsyncDisposable {
  port: number;
  /** The PEM file of the certificate, which is its own authority. */
  certificate: string;
  messages: Message[];
}

export const LOGIN = { user: "biomaid", password: "p4ss-w0rd-of-the-tests" };

/**
 * @param address of this machine that the containers reach it at
 * @param options `name`: another one in the certificate than the address; `tls`: from the first byte on
 */
export async function startMailServer(
  address: string,
  options: { name?: string; tls?: boolean } = {},
): Promise<MailServer> {
  const folder = await mkdtemp(join(tmpdir(), "biomaid-mail-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = options.name === undefined ? `IP:${address}` : `DNS:${options.name}`;
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail"];
  await execa("openssl", [...request, "-addext", `subjectAltName=${subject}`, "-keyout", key, "-out", certificate]);
  const messages: Message[] = [];
  const server = new SMTPServer({
    key: await readFile(key),
    cert: await readFile(certificate),
    secure: options.tls ?? false,
    onAuth: ({ username, password }, _session, done) => {
      const known = username === LOGIN.user && password === LOGIN.password;
      done(known ? null : new Error("Invalid login"), { user: username });
    },
    onRcptTo: ({ address: recipient }, _session, done) => {
      done(recipient.startsWith("nobody@") ? new Error("Nobody of that name") : null);
    },
    onData: (stream, { envelope }, done) => {
      void text(stream).then((content) => {
        const sender = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        messages.push({ sender, recipients: envelope.rcptTo.map(({ address: to }) => to), text: content });
        done(null);
      });
    },
  });
  // A client that does not like the certificate hangs up.
  server.on("error", () => {});
  await new Promise<void>((listening) => server.listen(0, address, () => listening()));
  return {
    port: (server.server.address() as AddressInfo).port,
    certificate,
    messages,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((closed) => server.close(() => closed()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
