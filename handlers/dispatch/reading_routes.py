"""The routes by which dispatchers read, and write to crews and to the next shift."""

from __future__ import annotations

from handlers.call import Route
from handlers.dispatch import alerts, board, handovers, likely, messages, places, report, suggestions, timeline

ROUTES: tuple[Route, ...] = (
    *board.ROUTES,
    *alerts.ROUTES,
    *messages.ROUTES,
    *handovers.ROUTES,
    *places.ROUTES,
    *likely.ROUTES,
    *timeline.ROUTES,
    *report.ROUTES,
    *suggestions.ROUTES,
)
