from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "doudi.server.api"
    label = "api"
