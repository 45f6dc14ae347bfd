"""Takes every mail, whoever it is from and for."""

from typing import Any

from aiosmtpd.controller import Controller

from mail_catcher.mailbox import Mailbox

MAX_MESSAGE_BYTES = 25_000_000


class Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = self.mailbox.add(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content)
        print(f"{mail.number}: {mail.sender} → {', '.join(mail.recipients)}: {mail.subject}", flush=True)
        return f"250 Kept as message {mail.number}"


def start(mailbox: Mailbox, port: int) -> None:
    """In a thread of its own."""
    Controller(Handler(mailbox), hostname="0.0.0.0", port=port, data_size_limit=MAX_MESSAGE_BYTES).start()
