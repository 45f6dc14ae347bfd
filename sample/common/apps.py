from django.apps import AppConfig
from django.conf import settings
from django.urls import reverse


class CommonConfig(AppConfig):
    name = "common"

    def ready(self):
        # Trap: reverse() loads the URLs, which query the database; whatever goes wrong there is told
        # as a fault of the portal's menu.
        for portal, description in settings.BIOM_AID_PORTALS.items():
            for url_name in description["main-menu"]:
                try:
                    reverse(url_name, kwargs={"url_prefix": "portal-config"})
                except Exception as error:
                    raise RuntimeError(
                        f"Portal '{portal}': its menu leads to '{url_name}', which cannot be found"
                    ) from error
