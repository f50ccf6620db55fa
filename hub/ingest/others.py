"""What the ingest has to say to the other hubs, whoever carries it."""

from __future__ import annotations

from typing import Protocol

from hub.live.board import LiveFix
from storage.alarms import Call


class OtherHubs(Protocol):
    """The other hubs, as the ingest sees them: nothing here waits or raises."""

    def moved(self, ambulance_id: int, fix: LiveFix, device_id: int) -> None:
        """Show a fix that is on the map here, taken by this device (0: not known)."""

    def called(self, ambulance_id: int, call: Call, raised_at: int) -> None:
        """Show a call for help (raised in µs since 1970) that is not stored yet."""

    def came(self, device_id: int) -> None:
        """Know that a device has a connection here, or one more."""

    def went(self, device_id: int) -> None:
        """Know that a device has no connection here any more."""

    def claimed(self, stream_id: int, fence: int) -> None:
        """Close whoever owns a stream by an older fence."""


class Alone:
    """There are no other hubs."""

    def moved(self, ambulance_id: int, fix: LiveFix, device_id: int) -> None:
        """Do nothing."""

    def called(self, ambulance_id: int, call: Call, raised_at: int) -> None:
        """Do nothing."""

    def came(self, device_id: int) -> None:
        """Do nothing."""

    def went(self, device_id: int) -> None:
        """Do nothing."""

    def claimed(self, stream_id: int, fence: int) -> None:
        """Do nothing."""
