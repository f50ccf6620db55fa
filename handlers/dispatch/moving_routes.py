"""The routes by which calls and assignments are moved, by dispatchers and by crews."""

from __future__ import annotations

from handlers.call import Route
from handlers.dispatch import assignments, calls, crew, paper

ROUTES: tuple[Route, ...] = (*calls.ROUTES, *assignments.ROUTES, *paper.ROUTES, *crew.ROUTES)
