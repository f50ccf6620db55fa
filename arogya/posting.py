"""From settings to what sends e-mail, and to where its links lead."""

from __future__ import annotations

from arogya.config import Settings
from hub.clock import Clock
from hub.mail.mailer import Mailer, MailRules
from hub.mail.post import Post
from hub.mail.resets import Resets
from storage.pool import Database


def link_origin(settings: Settings) -> str:
    """Return where one-use links lead: the first address that browsers come from, never what a request names."""
    server = settings.server
    scheme = "http" if server.tls_certificate is None else "https"
    return next(iter(server.public_origins), f"{scheme}://127.0.0.1:{server.port}")


def post(settings: Settings, app: Database, clock: Clock) -> Post:
    """Return what sends e-mail, which is nothing where no server is set; raises `LibraryMissing`."""
    mail = settings.mail
    if mail.host is None:
        return Post()
    rules = MailRules(
        host=mail.host,
        sender=mail.sender,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        password=mail.password,
        timeout_s=mail.timeout_s,
    )
    mailer = Mailer(rules, clock)
    origin, link_s = link_origin(settings), settings.auth.activation_s
    return Post(mailer, Resets(app, mailer, clock, origin=origin, link_s=link_s))
