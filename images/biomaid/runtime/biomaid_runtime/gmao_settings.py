"""The database of the maintenance software (GMAO: Asset+, on Oracle), upstream's alias `gmao`."""

from biomaid_runtime import config


def of(gmao: config.Gmao) -> dict[str, object]:
    return {
        # Upstream's own backend, which takes older versions of Oracle too (oraclenvc/base.py).
        "ENGINE": "oraclenvc",
        "HOST": gmao.host,
        "PORT": str(gmao.port),
        "NAME": gmao.name,
        "USER": gmao.user,
        # init never asks this database anything, and does not have its password.
        "PASSWORD": config.secret(gmao.password_secret) if config.has_secret(gmao.password_secret) else "",
    }
