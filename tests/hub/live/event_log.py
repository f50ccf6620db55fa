"""An event channel as PostgreSQL keeps it, for tests of those who read it."""

from __future__ import annotations

from storage.events import Event, Position, Stretch

NEWEST = 2**63 - 1  # an offset that no event has


class Log:
    """A channel as PostgreSQL keeps it."""

    def __init__(self) -> None:
        self.epoch, self.head, self.oldest, self.events = "epoch 0", 0, 0, list[Event]()
        self.told: dict[Position, object] = {}  # the body at every position that there ever was

    def append(self, count: int) -> None:
        for offset in range(self.head + 1, self.head + 1 + count):
            self.events.append(Event(offset, offset * 10, "raised", {"of": self.epoch, "n": offset}))
            self.told[Position(self.epoch, offset)] = self.events[-1].body
        self.head += count

    def prune(self, until: int) -> None:
        self.oldest = max(self.oldest, min(until, self.head))
        self.events = [event for event in self.events if event.offset > self.oldest]

    def restore(self, head: int) -> None:
        """Go back to an earlier state, under another name."""
        self.head = max(self.oldest, min(head, self.head))
        self.epoch = f"epoch {int(self.epoch.split()[1]) + 1}"
        self.events = [event for event in self.events if event.offset <= self.head]
        self.told |= {Position(self.epoch, event.offset): event.body for event in self.events}

    def read(self, after: int, until: int, rows_max: int) -> Stretch:
        start = max(after, min(until, self.head) - rows_max)
        found = tuple(event for event in self.events if start < event.offset <= until)
        return Stretch(self.epoch, self.head, self.oldest, found)
