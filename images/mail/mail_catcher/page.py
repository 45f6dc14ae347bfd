"""The page to read the mails, and `/messages` with the same as JSON. A mail's own HTML never runs as a page of ours."""

import json
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, urlsplit

from mail_catcher import html
from mail_catcher.mailbox import Mail, Mailbox

# The names of this machine for itself: another one in Host is that of a site which had it resolved to the loopback.
HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", re.IGNORECASE)

PAGE_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self';"
    " frame-ancestors 'none'"
)
# Links open, in a page of their own; nothing runs, and nothing is fetched that would tell a sender of its reader.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
)


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    mailbox: Mailbox

    def do_GET(self) -> None:
        if not self._addressed_to_us():
            return self._send(HTTPStatus.MISDIRECTED_REQUEST, b"", "text/plain")
        french = (self.headers.get("Accept-Language") or "").lower().startswith("fr")
        match urlsplit(self.path).path.strip("/").split("/"):
            case [""]:
                self._html(html.mailbox(self.mailbox.newest_first(), french))
            case ["messages"]:
                self._json([_summary(mail) for mail in self.mailbox.newest_first()])
            case ["messages", number, *rest] if number.isdecimal() and (mail := self.mailbox.get(int(number))):
                self._mail(mail, rest, french)
            case _:
                self._send(HTTPStatus.NOT_FOUND, b"", "text/plain")
        return None

    def do_POST(self) -> None:
        # A form of another site has that site's origin.
        origin = urlsplit(self.headers.get("Origin") or "").netloc
        if not self._addressed_to_us() or origin != self.headers.get("Host"):
            return self._send(HTTPStatus.FORBIDDEN, b"", "text/plain")
        if self.path != "/empty":
            return self._send(HTTPStatus.NOT_FOUND, b"", "text/plain")
        self.mailbox.empty()
        self.close_connection = True
        return self._send(HTTPStatus.SEE_OTHER, b"", "text/plain", {"Location": "/"})

    def _mail(self, mail: Mail, rest: list[str], french: bool) -> None:
        match rest:
            case []:
                self._html(html.mail(mail, french))
            case ["html"]:
                text = f'<base target="_blank">{mail.body("html") or ""}'
                self._send(
                    HTTPStatus.OK, text.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": MAIL_POLICY}
                )
            case ["raw"]:
                self._download(mail.content, f"{mail.number}.eml")
            case ["attachments", index] if index.isdecimal() and int(index) < len(mail.attachments()):
                part = mail.attachments()[int(index)]
                self._download(part.get_payload(decode=True) or b"", part.get_filename() or f"{mail.number}-{index}")  # type: ignore[arg-type]
            case _:
                self._send(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def _addressed_to_us(self) -> bool:
        return HOST.fullmatch(self.headers.get("Host") or "") is not None

    def _html(self, text: str) -> None:
        headers = {"Content-Security-Policy": PAGE_POLICY}
        self._send(HTTPStatus.OK, text.encode(), "text/html; charset=utf-8", headers)

    def _json(self, value: object) -> None:
        self._send(HTTPStatus.OK, json.dumps(value, ensure_ascii=False).encode(), "application/json")

    def _download(self, content: bytes, name: str) -> None:
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        self._send(HTTPStatus.OK, content, "application/octet-stream", headers)

    def _send(self, status: HTTPStatus, content: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """The health check asks every few seconds."""


def _summary(mail: Mail) -> dict[str, object]:
    return {
        "number": mail.number,
        "time": mail.time.isoformat(timespec="seconds"),
        "from": mail.sender,
        "to": mail.recipients,
        "subject": mail.subject,
        "text": mail.body("plain"),
    }


def serve(mailbox: Mailbox, port: int) -> None:
    handler = type("MailboxPage", (Page,), {"mailbox": mailbox})
    ThreadingHTTPServer(("0.0.0.0", port), handler).serve_forever()
