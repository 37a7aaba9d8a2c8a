from django.apps import AppConfig


class Rolls(AppConfig):
    name = "doudi.server.rolls"
    label = "rolls"
