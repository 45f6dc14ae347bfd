from django.apps import AppConfig


class DemConfig(AppConfig):
    name = "dem"
