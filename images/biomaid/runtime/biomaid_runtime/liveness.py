"""The one page that upstream answers without login or database (common/urls.py, no_ie), and how to ask for it."""

from biomaid_runtime.config import Config

PATH = "/x/common/no_ie/"
# common/middleware.py reads it without a default: a request that lacks it gets a 500.
USER_AGENT = "biomaid-compose"


def host(config: Config) -> str:
    """A Host header that Django allows: ALLOWED_HOSTS may hold `*` and `.domain`."""
    for name in config.allowed_hosts:
        if name != "*":
            return name.lstrip(".")
    return "localhost"
