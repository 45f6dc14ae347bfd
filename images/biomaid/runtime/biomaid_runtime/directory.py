"""Signing in by the directory of instance.yaml: upstream's backend, kept away from the accounts that are not its own.

By itself it gives whoever is `root` in the directory BiomAid's own account of that name, and overwrites its password.
"""

import logging
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django_auth_ldap.backend import LDAPSettings

from biomaid_runtime import config
from common.auth_backends import MyLDAPBackend

logger = logging.getLogger(__name__)

REASONS = {
    "administrator": "the account is an administrator's",
    "local": "the account is a local one",
    "inactive": "the account is not active",
    "several": "several accounts have this name",
}


class Backend(MyLDAPBackend):
    # Upstream asks each backend for its class, and compares, to know whether there is a directory: then accounts of the
    # directory cannot sign in with the copy of their password that it keeps (common/auth_backends.py, auth_views.py).
    __class__ = property(lambda _self: MyLDAPBackend)  # type: ignore[assignment]

    @cached_property
    def settings(self) -> LDAPSettings:
        settings = LDAPSettings(self.settings_prefix, self.default_settings)
        directory = config.load().ldap
        if directory and directory.password_secret and not settings.BIND_PASSWORD:
            settings.BIND_PASSWORD = config.secret(directory.password_secret)
        return settings

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **kwargs: Any) -> Any:
        # First, so that the directory is never shown what may be a local account's password.
        if not username or not password or refusal(self.ldap_to_django_username(username.strip())):
            return None
        return super().authenticate(request, username, password, **kwargs)

    def get_or_build_user(self, username: str, ldap_user: Any) -> Any:
        """Called when the directory has accepted the password, before anything is written."""
        reason = refusal(username)
        if not reason:
            user, built = super().get_or_build_user(username, ldap_user)
            reason = None if built else refusal_of(user)
        if reason:
            logger.warning("The directory may not sign in as %r: %s", username, REASONS[reason])
            raise ldap_user.AuthenticationFailed(REASONS[reason])
        return user, built

    def get_user(self, user_id: Any) -> Any:
        # At each request: whoever became an administrator since the sign-in is one by a local password only.
        user = super().get_user(user_id)
        return None if user is None or refusal_of(user) else user


def refusal(username: str) -> str | None:
    """Why nobody may sign in under this name by the directory, of REASONS; None when it may decide.

    Django's own look-up of django-auth-ldap, without regard to case, but of all the accounts that it finds.
    """
    model = get_user_model()
    users = list(model._default_manager.filter(**{f"{model.USERNAME_FIELD}__iexact": username}))
    if len(users) > 1:
        return "several"
    return refusal_of(users[0]) if users else None


def refusal_of(user: Any) -> str | None:
    if user.is_superuser or user.is_staff:
        return "administrator"
    if not user.from_ldap:
        return "local"
    return None if user.is_active else "inactive"
