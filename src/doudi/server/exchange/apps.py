from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "doudi.server.exchange"
    label = "exchange"
