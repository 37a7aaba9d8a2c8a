from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "doudi.server.audit"
    label = "audit"
