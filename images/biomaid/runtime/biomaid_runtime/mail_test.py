"""`biomaid mail-test ADDRESS`: one message through the instance's own settings, and what came of it as one JSON line.

The settings alone are loaded, not the application: nothing here needs the database.
"""

import json
import os
import smtplib
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from biomaid_runtime import config, local_folder, paths


class Failed(Exception):
    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


def main(address: str) -> int:
    local_folder.prepare(config.load())
    os.chdir(paths.SOURCE)
    os.execv(paths.PYTHON, [paths.PYTHON, "-m", "biomaid_runtime.mail_test", address])


def send(address: str) -> str:
    """What the server answered to the message."""
    sys.path.insert(0, str(paths.SOURCE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    from django.conf import settings
    from django.core.mail import EmailMessage, get_connection
    from django.core.mail.backends.smtp import EmailBackend

    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        raise Failed("backend", settings.EMAIL_BACKEND)
    with _explained():
        backend.open()
    text = f"{settings.DEFAULT_DOMAIN}\n\nMessage d'essai de biomaid-compose. / Test message of biomaid-compose.\n"
    subject = f"BiomAid ({config.load().instance}) : message d'essai / test message"
    message = EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [address])
    with _explained():
        return _deliver(backend.connection, settings.DEFAULT_FROM_EMAIL, address, message.message().as_bytes())


def _deliver(server: smtplib.SMTP, sender: str, address: str, message: bytes) -> str:
    from email.utils import parseaddr

    server.ehlo_or_helo_if_needed()
    steps = (
        ("sender", lambda: server.mail(parseaddr(sender)[1])),
        ("recipient", lambda: server.rcpt(address)),
        ("message", lambda: server.data(message)),
    )
    answer = ""
    for kind, step in steps:
        code, said = step()
        answer = f"{code} {said.decode('utf-8', 'replace')}"
        if code >= 400:
            raise Failed(kind, answer)
    server.quit()
    return answer


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise Failed("login", f"{error.smtp_code} {_text(error.smtp_error)}") from error
    except smtplib.SMTPDataError as error:
        raise Failed("message", f"{error.smtp_code} {_text(error.smtp_error)}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise Failed("starttls" if "STARTTLS" in str(error) else "login", str(error)) from error
    except ssl.SSLCertVerificationError as error:
        raise Failed("certificate", error.verify_message) from error
    except ssl.SSLError as error:
        raise Failed("tls", error.reason or str(error)) from error
    except socket.gaierror as error:
        raise Failed("name", error.strerror) from error
    except (smtplib.SMTPException, OSError) as error:
        # SMTPException is an OSError; what a server that hangs up or is not there comes to.
        said = error.strerror if not isinstance(error, smtplib.SMTPException) else None
        raise Failed("connection", said or str(error)) from error


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


if __name__ == "__main__":
    try:
        outcome = {"outcome": "sent", "detail": send(sys.argv[1])}
    except Failed as failed:
        outcome = {"outcome": failed.kind, "detail": str(failed)}
    print(json.dumps({"mail-test": outcome}), flush=True)
