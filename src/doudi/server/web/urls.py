"""The pages' URLs, a family a line."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from doudi.server.web.audit.urls import urlpatterns as audit
from doudi.server.web.entrance.urls import urlpatterns as entrance
from doudi.server.web.exchange.urls import urlpatterns as exchange
from doudi.server.web.home.urls import urlpatterns as home
from doudi.server.web.jobs.urls import urlpatterns as jobs
from doudi.server.web.ledgers.urls import urlpatterns as ledgers
from doudi.server.web.public.urls import urlpatterns as public
from doudi.server.web.style.urls import urlpatterns as style
from doudi.server.web.system.urls import urlpatterns as system
from doudi.server.web.views import record

urlpatterns: list[URLPattern | URLResolver] = [
    *home,
    *entrance,
    *jobs,
    *exchange,
    *ledgers,
    *audit,
    *system,
    *public,
    *style,
    path("households", record.households, name="households"),
    path("worklist", record.worklist, name="worklist"),
    path("household/<int:household_id>", record.household_page, name="household"),
]
