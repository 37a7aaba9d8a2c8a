from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "doudi.server.web"
    label = "web"
