from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "doudi.server.operations"
    label = "operations"
