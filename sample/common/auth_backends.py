from django.conf import settings
from django.contrib.auth.backends import ModelBackend

DIRECTORY = "common.auth_backends.MyLDAPBackend"


class MyAuthBackend(ModelBackend):
    def user_can_authenticate(self, user):
        # Someone removed from the directory must not go on with the copy of the password kept here.
        left_to_directory = user.from_ldap and DIRECTORY in settings.AUTHENTICATION_BACKENDS and not settings.DEBUG
        return not left_to_directory and super().user_can_authenticate(user)
