"""Counts the answers of HTTP: the counters of each kind of answer are found once, as finding them costs the most."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import Counter, Histogram

from hub.metrics import Metrics


class Tally:
    """The answers of one application."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._answers: dict[tuple[str, str, int], Counter] = {}  # method, route, status
        self._seconds: dict[str, Histogram] = {}  # route

    def answered(self, method: str, route: str, status: int) -> None:
        """Count an answer."""
        counter = self._answers.get((method, route, status))
        if counter is None:
            counter = self._metrics.http_requests.labels(method, route, str(status))
            self._answers[method, route, status] = counter
        counter.inc()

    def took(self, route: str, seconds: float) -> None:
        """Count the time of an answer."""
        histogram = self._seconds.get(route)
        if histogram is None:
            histogram = self._seconds[route] = self._metrics.http_seconds.labels(route)
        histogram.observe(seconds)


TALLY: web.AppKey[Tally] = web.AppKey("TALLY", Tally)
