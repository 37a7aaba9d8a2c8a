from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "doudi.server.accounts"
    label = "accounts"
