from django.apps import AppConfig


class ExtableConfig(AppConfig):
    name = "extable"
