from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "doudi.server.decisions"
    label = "decisions"
