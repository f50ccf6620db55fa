"""What can go wrong with one direction of a TCP connection, each a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pass:
    """Bytes go through untouched."""


@dataclass(frozen=True)
class Delay:
    """Each chunk waits before it goes on."""

    delay_s: float


@dataclass(frozen=True)
class Rate:
    """No more than so many bytes a second."""

    bytes_per_s: float


@dataclass(frozen=True)
class Slice:
    """Chunks are cut into pieces, each its own write."""

    size_bytes: int


@dataclass(frozen=True)
class Swallow:
    """Bytes are read and dropped: a link that is dead and does not say so."""


@dataclass(frozen=True)
class StopReading:
    """Nothing is read any more: the sender's buffers fill."""


@dataclass(frozen=True)
class Rst:
    """The next chunk resets both ends."""


@dataclass(frozen=True)
class Refuse:
    """New connections are reset at once; those that exist go on."""


@dataclass(frozen=True)
class HalfClose:
    """The receiver of this direction sees an end of file, the other direction lives."""


@dataclass(frozen=True)
class CutAfter:
    """Each connection passes so many more bytes and is then reset."""

    bytes_left: int


@dataclass(frozen=True)
class LoseReply:
    """A chunk that contains `pattern` is delivered; its answer is thrown away and the connection reset."""

    pattern: bytes
    chance: float = 1.0


@dataclass(frozen=True)
class LoseRequest:
    """A chunk that contains `pattern` is not delivered and the connection reset."""

    pattern: bytes
    chance: float = 1.0


Fault = (
    Pass | Delay | Rate | Slice | Swallow | StopReading | Rst | Refuse | HalfClose | CutAfter | LoseReply | LoseRequest
)
