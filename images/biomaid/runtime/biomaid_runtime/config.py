"""The instance's settings.json and secrets, which the CLI writes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biomaid_runtime import paths
from biomaid_runtime.faults import Fault


@dataclass(frozen=True)
class Database:
    host: str
    port: int
    name: str
    user: str
    # None for the service db of the stack, which is on a network of its own.
    tls: str | None
    own_authorities: bool

    def connection_options(self) -> dict[str, str]:
        """What libpq has to be told beside host, port and login."""
        if self.tls is None:
            return {}
        if self.tls != "verify-full":
            return {"sslmode": self.tls}
        authorities = paths.DATABASE_AUTHORITIES if self.own_authorities else paths.PUBLIC_AUTHORITIES
        return {"sslmode": self.tls, "sslrootcert": str(authorities)}


@dataclass(frozen=True)
class Mail:
    host: str
    port: int
    security: str
    sender: str
    user: str | None
    password_secret: str | None
    own_authorities: bool


@dataclass(frozen=True)
class Ldap:
    urls: list[str]
    security: str
    bind_dn: str | None
    password_secret: str | None
    search_base: str
    filter: str
    # Django's field, then the directory's attribute.
    attributes: dict[str, str]
    own_authorities: bool
    # Seconds, for each server.
    timeout: int


@dataclass(frozen=True)
class Gmao:
    host: str
    port: int
    name: str
    user: str
    password_secret: str


@dataclass(frozen=True)
class Config:
    instance: str
    uuid: str
    release: str
    inputs: str
    local: str | None
    allowed_hosts: list[str]
    default_domain: str
    secure_cookies: bool
    trusted_origins: list[str]
    debug: bool
    debug_toolbar: bool
    reload: bool
    language: str
    time_zone: str
    session_cookie_name: str
    database: Database
    fixtures: list[str]
    workers: int
    request_timeout: int
    admins: list[tuple[str, str]]
    mail: Mail | None
    ldap: Ldap | None
    gmao: Gmao | None
    media_access: str
    # Names, and the host's folders that are mounted for them.
    import_paths: dict[str, str]
    attachment_roots: dict[str, str]


def load(file: Path = paths.SETTINGS_FILE) -> Config:
    try:
        values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Fault(f"cannot read {file}: {error}", f"lecture impossible de {file} : {error}") from error
    try:
        known = {name: values[name] for name in Config.__dataclass_fields__}
        for group, kind in (("database", Database), ("mail", Mail), ("ldap", Ldap), ("gmao", Gmao)):
            content = values[group]
            known[group] = content and kind(**{name: content[name] for name in kind.__dataclass_fields__})
        known["admins"] = [(name, mail) for name, mail in values["admins"]]
    except (KeyError, TypeError, ValueError) as error:
        # Keys that we do not know are left alone: a newer CLI may write more than an older image reads.
        raise Fault(
            f"{file}: missing or malformed {error}; run the CLI again to write it anew",
            f"{file} : {error} absent ou mal formé ; relancer la CLI pour réécrire ce fichier",
        ) from error
    return Config(**known)


def has_secret(name: str) -> bool:
    return (paths.SECRETS / name).exists()


def secret_keys() -> tuple[str, list[str]]:
    """Django's SECRET_KEY, then those before it that are still valid: the lines of the file."""
    current, *former = [line.rstrip("\r") for line in secret("secret_key").split("\n")]
    return current, [key for key in former if key]


def secret(name: str) -> str:
    """The content of a secret file. Never in the environment: that is what `docker inspect` and crash reports show."""
    file = paths.SECRETS / name
    try:
        value = file.read_text(encoding="utf-8").strip("\r\n")
    except OSError as error:
        reason = error.strerror
        raise Fault(
            f"cannot read the secret {file}: {reason}", f"lecture impossible du secret {file} : {reason}"
        ) from None
    if not value:
        raise Fault(f"the secret {file} is empty", f"le secret {file} est vide")
    return value
