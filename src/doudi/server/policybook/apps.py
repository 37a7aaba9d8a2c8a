from django.apps import AppConfig


class PolicybookConfig(AppConfig):
    name = "doudi.server.policybook"
    label = "policybook"
