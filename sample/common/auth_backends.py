from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.backends import ModelBackend

try:
    from django_auth_ldap.backend import LDAPBackend
except ModuleNotFoundError:
    MyLDAPBackend = None
else:

    class MyLDAPBackend(LDAPBackend):
        # Trap: who is `root` in the directory gets the local account of that name, and his password becomes its own.
        def authenticate_ldap_user(self, ldap_user, password):
            user = super().authenticate_ldap_user(ldap_user, password)
            if user:
                user.from_ldap = user.from_ldap or not user.has_usable_password()
                user.set_password(password)
                user.save()
            return user


class MyAuthBackend(ModelBackend):
    def user_can_authenticate(self, user):
        # Someone removed from the directory must not go on with the copy of the password kept here.
        # Trap: a backend is known by its very class.
        directory = MyLDAPBackend is not None and any(backend.__class__ is MyLDAPBackend for backend in get_backends())
        left_to_directory = user.from_ldap and directory and not settings.DEBUG
        return not left_to_directory and super().user_can_authenticate(user)
