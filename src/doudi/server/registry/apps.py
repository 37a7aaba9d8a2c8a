from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "doudi.server.registry"
    label = "registry"
