"""Which device is connected to which hub, as far as this one has heard. Pure: time comes in as an argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

FRESH_S = 1.4  # what was heard so lately may be younger than a table, which is written about once a second

_LONG_AGO = float("-inf")


class _Seen(NamedTuple):
    since: int  # µs since 1970; 0: it went
    heard_s: float  # monotonic; of what stood in a table: long ago


class Presence:
    """The devices of the other hubs, each hub's own by its name."""

    def __init__(self) -> None:
        self._hubs: dict[str, dict[int, _Seen]] = {}

    def heard(self, node: str, devices: Iterable[tuple[int, int]], now_s: float) -> None:
        """Take over what a hub said: each device, and since when (µs since 1970) it is connected; 0: it is not."""
        seen = self._hubs.setdefault(node, {})
        for device_id, since in devices:
            seen[device_id] = _Seen(since, now_s)

    def replace(self, nodes: Mapping[str, Iterable[tuple[int, int]]], partition: int, of: int, now_s: float) -> None:
        """Take over what all hubs keep of one partition of `of`; who is not named has no devices in it.

        What was heard a moment ago stays: it may be younger.
        """
        for node in self._hubs.keys() | nodes.keys():
            former = self._hubs.get(node, {})
            kept = {device_id: _Seen(since, _LONG_AGO) for device_id, since in nodes.get(node, ())}
            for device_id, seen in former.items():
                if device_id % of != partition or now_s - seen.heard_s < FRESH_S:
                    kept[device_id] = seen
            self._hubs[node] = kept

    def drop(self, node: str) -> None:
        """Forget a hub that is gone."""
        self._hubs.pop(node, None)

    def where(self, device_id: int) -> str | None:
        """Return the other hub that a device is connected to, the newest one of several; None: to none of them."""
        found = [(seen[device_id].since, node) for node, seen in self._hubs.items() if device_id in seen]
        since, node = max(found, default=(0, ""))
        return node if since else None

    def count(self) -> int:
        """Return how many connections of devices the other hubs have."""
        return sum(seen.since > 0 for hub in self._hubs.values() for seen in hub.values())

    def tidy(self, now_s: float) -> None:
        """Forget the devices that went a while ago."""
        for hub in self._hubs.values():
            for device_id in [key for key, seen in hub.items() if not seen.since and now_s - seen.heard_s >= FRESH_S]:
                del hub[device_id]
