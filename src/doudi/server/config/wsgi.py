"""What gunicorn serves."""

from __future__ import annotations

from doudi.server.config.start import start

start()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django can only be asked once it is set up

application = get_wsgi_application()
