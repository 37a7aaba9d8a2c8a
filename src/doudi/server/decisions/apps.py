from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "doudi.server.decisions"
    label = "decisions"

    def ready(self) -> None:
        from doudi.server.decisions.models import RepricingLine, Standing, WorkItem
        from doudi.server.decisions.owing import by_area
        from doudi.server.registry.actions.carried import carry

        # What a screening found of a household belongs to whoever manages it now.
        for model in (WorkItem, Standing):
            carry(model)
        # What is owed for months gone by belongs to whoever manages it within the area that decided those months again.
        carry(RepricingLine, by_area)
