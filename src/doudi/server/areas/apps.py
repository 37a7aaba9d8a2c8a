from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "doudi.server.areas"
    label = "areas"
