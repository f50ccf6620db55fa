"""What a kind of viewers reads from: the viewers of one feed share all its frames."""

from __future__ import annotations

from hub.live.partition import Partition
from hub.live.state import State
from hub.live.view import View


class Feed:
    """A state under a channel's name, cut by a partition, seen through a view; the same feed is the same object."""

    __slots__ = ("__weakref__", "channel", "partition", "state", "view")

    def __init__(self, channel: str, state: State, partition: Partition, view: View) -> None:
        self.channel = channel
        self.state = state
        self.partition = partition
        self.view = view
