"""The routes by which calls and assignments are moved."""

from __future__ import annotations

from handlers.call import Route
from handlers.dispatch import assignments, calls, paper

ROUTES: tuple[Route, ...] = (*calls.ROUTES, *assignments.ROUTES, *paper.ROUTES)
