"""The pages' URLs, a family a line."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from doudi.server.web.audit.urls import urlpatterns as audit
from doudi.server.web.divisions.urls import urlpatterns as divisions
from doudi.server.web.duplicates.urls import urlpatterns as duplicates
from doudi.server.web.entrance.urls import urlpatterns as entrance
from doudi.server.web.exchange.urls import urlpatterns as exchange
from doudi.server.web.figures.urls import urlpatterns as figures
from doudi.server.web.help.urls import urlpatterns as help_pages
from doudi.server.web.home.urls import urlpatterns as home
from doudi.server.web.jobs.urls import urlpatterns as jobs
from doudi.server.web.ledgers.urls import urlpatterns as ledgers
from doudi.server.web.lists.urls import urlpatterns as lists
from doudi.server.web.officials.urls import urlpatterns as officials
from doudi.server.web.policy.urls import urlpatterns as policy
from doudi.server.web.public.urls import urlpatterns as public
from doudi.server.web.record.urls import urlpatterns as household
from doudi.server.web.simulation.urls import urlpatterns as simulation
from doudi.server.web.standards.urls import urlpatterns as standards
from doudi.server.web.style.urls import urlpatterns as style
from doudi.server.web.system.urls import urlpatterns as system
from doudi.server.web.tokens.urls import urlpatterns as tokens

urlpatterns: list[URLPattern | URLResolver] = [
    *home,
    *entrance,
    *figures,
    *jobs,
    *exchange,
    *ledgers,
    *lists,
    *duplicates,
    *audit,
    *officials,
    *tokens,
    *divisions,
    *system,
    *policy,
    *public,
    *household,
    *help_pages,
    *standards,
    *simulation,
    *style,
]
