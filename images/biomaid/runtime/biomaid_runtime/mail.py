"""Mail through the server of instance.yaml: SMTP with the instance's sender, password file and authorities."""

import ssl
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp

from biomaid_runtime import config, paths


class Backend(smtp.EmailBackend):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mail = config.load().mail
        self.own_authorities = bool(mail and mail.own_authorities)
        if mail and mail.password_secret and not self.password:
            self.password = config.secret(mail.password_secret)

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(paths.MAIL_AUTHORITIES) if self.own_authorities else None)

    def send_messages(self, email_messages: Any) -> Any:
        for message in email_messages:
            # Upstream's alerts name a sender of another hospital (common/alerts.py), which a server refuses to relay.
            message.from_email = settings.DEFAULT_FROM_EMAIL
        return super().send_messages(email_messages)
