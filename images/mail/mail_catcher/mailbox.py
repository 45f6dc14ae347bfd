"""The mails that were taken: the newest ones, in memory, until the container stops."""

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count

MAX_MESSAGES = 500
MAX_BYTES = 64_000_000


@dataclass(frozen=True)
class Mail:
    number: int
    time: datetime
    sender: str
    """Of the envelope, as the recipients: copies that no header names are among them."""
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    def body(self, kind: str) -> str | None:
        """The text of kind `plain` or `html`."""
        part = self.message.get_body((kind,))
        return None if part is None else _text(part)

    def attachments(self) -> list[EmailMessage]:
        return [part for part in self.message.iter_attachments() if not part.is_multipart()]


def _text(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except (LookupError, KeyError):  # a character set, or a type, that Python does not know
        return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")  # type: ignore[union-attr]


class Mailbox:
    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=MAX_MESSAGES)
        self._numbers = count(1)
        self._lock = threading.Lock()

    def add(self, sender: str, recipients: list[str], content: bytes) -> Mail:
        with self._lock:
            mail = Mail(next(self._numbers), datetime.now().astimezone(), sender, recipients, content)
            self._mails.append(mail)
            while len(self._mails) > 1 and sum(len(each.content) for each in self._mails) > MAX_BYTES:
                self._mails.popleft()
        return mail

    def newest_first(self) -> Iterator[Mail]:
        with self._lock:
            return iter(list(reversed(self._mails)))

    def get(self, number: int) -> Mail | None:
        return next((mail for mail in self.newest_first() if mail.number == number), None)

    def empty(self) -> None:
        with self._lock:
            self._mails.clear()
