"""The routes of accounts and of whatever belongs to signing in, beside the sessions themselves."""

from __future__ import annotations

from handlers import accounts, break_glass, invitations, passwords, registrations, roles, sessions, totp
from handlers.call import API, Route

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{API}/users/{{id}}/sessions",
        sessions.show_of,
        "sessions.R",
        "Where somebody is signed in",
        sessions.SessionList,
    ),
    *accounts.ROUTES,
    *invitations.ROUTES,
    *roles.ROUTES,
    *passwords.ROUTES,
    *registrations.ROUTES,
    *totp.ROUTES,
    *break_glass.ROUTES,
)
