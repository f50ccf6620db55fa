"""What many viewers were sent, and when: each distinct message is kept once, however many viewers got it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


class Recorder:
    """Takes messages as they come; one look-up and three numbers each."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}  # by payload, in order of their first arrival
        self._when_ns = array("q")
        self._viewers = array("i")
        self._messages = array("i")

    def note(self, when_ns: int, viewer: int, payload: bytes) -> None:
        """Record that a viewer got a message at a monotonic instant."""
        number = self._numbers.get(payload)
        if number is None:
            number = self._numbers[payload] = len(self._numbers)
        self._when_ns.append(when_ns)
        self._viewers.append(viewer)
        self._messages.append(number)

    def save(self, file: str) -> None:
        """Write everything to a file that `Recording.load` reads."""
        payloads = list(self._numbers)
        with Path(file).open("wb") as out:
            np.savez(
                out,
                when_ns=np.array(self._when_ns),
                viewers=np.array(self._viewers),
                messages=np.array(self._messages),
                lengths=np.array([len(payload) for payload in payloads], np.int64),
                payloads=np.frombuffer(b"".join(payloads), np.uint8),
            )


@dataclass(frozen=True)
class Recording:
    """What was recorded, in order of arrival."""

    when_ns: npt.NDArray[np.int64]
    viewers: npt.NDArray[np.int32]
    messages: npt.NDArray[np.int32]  # places in `payloads`
    payloads: list[bytes]

    @classmethod
    def load(cls, file: Path) -> Recording:
        """Read what a recorder saved."""
        with np.load(file) as saved:
            ends = np.cumsum(saved["lengths"]).tolist()
            blob = saved["payloads"].tobytes()
            payloads = [blob[start:end] for start, end in zip([0, *ends], ends, strict=False)]
            return cls(saved["when_ns"], saved["viewers"], saved["messages"], payloads)

    def of(self, viewer: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return when a viewer got which messages."""
        mine = self.viewers == viewer
        return self.when_ns[mine], self.messages[mine]

    def within(self, from_ns: int, to_ns: int) -> npt.NDArray[np.int32]:
        """Return the messages that arrived in a span of time, one for each arrival."""
        return self.messages[(self.when_ns >= from_ns) & (self.when_ns < to_ns)]
