from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "doudi.server.jobs"
    label = "jobs"
