"""Which of several trackers on one ambulance moves its marker; what the others send is stored all the same. Pure.

One is primary: the first that had a sound fix. Another takes over as soon as its fix is `SILENCE_US` newer than the
primary's newest one, by the hub's clock: the primary is away, has no satellites, or drains a backlog. Where two hubs
each have a primary for the same ambulance, which happens when both trackers begin at the same moment, the smaller
number has it on both.
"""

from __future__ import annotations

from typing import Final

SILENCE_US: Final = 15_000_000


class Primaries:
    """The primary tracker of each ambulance, and when its newest sound fix was taken."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[int, int]] = {}  # by ambulance: device and fix_at in µs; at most the fleet

    def of(self, ambulance_id: int) -> int | None:
        """Return the device that leads now."""
        held = self._held.get(ambulance_id)
        return None if held is None else held[0]

    def leads(self, ambulance_id: int, device_id: int, fix_at: int) -> bool:
        """Tell whether a sound fix of a device moves the marker; it may make the device primary."""
        held = self._held.get(ambulance_id)
        if held is not None:
            primary, newest = held
            if primary != device_id and fix_at - newest < SILENCE_US:
                return False
            if primary == device_id:
                fix_at = max(fix_at, newest)
        self._held[ambulance_id] = device_id, fix_at
        return True

    def heard(self, ambulance_id: int, device_id: int, fix_at: int) -> bool:
        """Take note of a fix that another hub shows; tell whether this hub shows it too."""
        held = self._held.get(ambulance_id)
        if held is not None and device_id < held[0]:
            self._held[ambulance_id] = device_id, max(fix_at, held[1])
            return True
        return self.leads(ambulance_id, device_id, fix_at)
