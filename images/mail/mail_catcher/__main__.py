"""`mail-catcher serve` takes mails and shows them; `mail-catcher health` tells whether it does."""

import smtplib
import sys
import urllib.request

from mail_catcher import page, smtp
from mail_catcher.mailbox import Mailbox

SMTP_PORT = 1025
PAGE_PORT = 8025


def main(arguments: list[str]) -> int:
    match arguments:
        case ["serve"]:
            mailbox = Mailbox()
            smtp.start(mailbox, SMTP_PORT)
            page.serve(mailbox, PAGE_PORT)
        case ["health"]:
            return health()
    print("usage: mail-catcher serve|health", file=sys.stderr)
    return 2


def health() -> int:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{PAGE_PORT}/messages", timeout=5).close()
        smtplib.SMTP("127.0.0.1", SMTP_PORT, timeout=5).quit()
    except OSError as error:  # HTTPError and SMTPException are of that kind
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
