"""What the keys and channels of a relay are called; one hash tag keeps what belongs together on one server. Pure."""

from __future__ import annotations

from hashlib import blake2s
from zlib import crc32

from hub.bus.bus import CONTROL
from hub.bus.station import CHANNELS

BUCKET_TAGS = 64  # spreads the buckets over a cluster
NAME_MAX = 64  # a longer name of a bucket is hashed


class Keys:
    """The names under one prefix."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.nodes = f"{prefix}:{{control}}:nodes"  # hash: node → its last beat
        self.live = [f"{prefix}:{{{_tag(channel)}}}:live" for channel in CHANNELS]  # pub/sub channels

    def table(self, table: str, partition: int, node: str) -> str:
        """Return the key of the hash in which a node keeps a table of a partition."""
        return f"{self._prefix}:{{{_tag(partition)}}}:{table}:{node}"

    def bucket(self, name: str) -> str:
        """Return the key of a token bucket."""
        if len(name) > NAME_MAX:
            name = blake2s(name.encode(errors="replace"), digest_size=16).hexdigest()
        return f"{self._prefix}:{{b{crc32(name.encode(errors='replace')) % BUCKET_TAGS}}}:{name}"


def _tag(channel: int) -> str:
    return "control" if channel == CONTROL else f"p{channel}"
