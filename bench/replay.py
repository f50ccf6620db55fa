"""The updates of a fan-out, to be sent again by others: `python -m bench.replay` publishes or sends them at their pace.

`updates` publishes a message for each update to nats-server, `ticks` one for each tick; `floor` is itself the server
and writes each tick's bytes to every socket in a bare loop.
"""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgpack

from bench import worker
from bench.broken import Broken

TICKS_HZ = 10
UPDATES_HZ = 1000  # times a second at which updates may leave: each at its own time, as tablets send them
SUBJECT = "fleet"
GREETING = 'CONNECT {"verbose":false,"pedantic":false}\r\n'


class Tick(NamedTuple):
    """What the hub wrote to every viewer at one time."""

    frame: bytes
    updates: list[bytes]  # the same positions one by one, each in the hub's own encoding


@dataclass(frozen=True)
class Job:
    """What to send, to whom and for how long."""

    kind: str  # updates, ticks or floor
    file: str  # of ticks
    host: str
    port: int
    sockets: int
    seconds: float


class Sent(NamedTuple):
    """What a replay has sent."""

    updates: int = 0
    bytes: int = 0  # that each reader is to get


def save(file: Path, ticks: list[Tick]) -> None:
    """Write ticks to a file."""
    file.write_bytes(msgpack.packb(ticks))


def load(file: Path) -> list[Tick]:
    """Read what `save` wrote."""
    return [Tick(*tick) for tick in msgpack.unpackb(file.read_bytes())]


def published(payload: bytes) -> bytes:
    """Return the line and the payload that publish a message."""
    return b"PUB %b %d\r\n%b\r\n" % (SUBJECT.encode(), len(payload), payload)


def delivered_bytes(payload: bytes) -> int:
    """Return how long the message is that a subscriber (whose subscription is number 1) gets."""
    return len(b"MSG %b 1 %d\r\n\r\n" % (SUBJECT.encode(), len(payload))) + len(payload)


Write = tuple[bytes, int, int]  # what to write at one time, how many updates are in it, and the bytes a reader gets


def writes_of(kind: str, ticks: Iterable[Tick]) -> Iterator[Write]:
    """Yield what is written one time after the other: for `updates` a slot's, else a whole tick's."""
    for frame, updates in ticks:
        if kind == "floor":
            yield frame, len(updates), len(frame)
        elif kind == "ticks":
            yield published(frame), len(updates), delivered_bytes(frame)
        else:
            for slot in range(UPDATES_HZ // TICKS_HZ):
                mine = updates[slot :: UPDATES_HZ // TICKS_HZ]
                yield b"".join(map(published, mine)), len(mine), sum(map(delivered_bytes, mine))


def send_all(writes: Iterator[Write], write: Callable[[bytes], None], rate_hz: float, seconds: float) -> Sent:
    """Write at an even pace for some seconds; raises `Broken` when it cannot keep up."""
    sent, start_s = Sent(), time.monotonic()
    for turn in range(int(seconds * rate_hz)):
        wait_s = start_s + turn / rate_hz - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        elif wait_s < -1.0:
            raise Broken("the updates cannot be sent at their pace on this machine")
        data, updates, size = next(writes)
        if data:
            write(data)
        sent = Sent(sent.updates + updates, sent.bytes + size)
    return sent


def to_nats(job: Job) -> Callable[[bytes], None]:
    """Return how to write to a nats-server."""
    connection = socket.create_connection((job.host, job.port))
    connection.sendall(GREETING.encode())
    return connection.sendall


def to_sockets(job: Job) -> Callable[[bytes], None]:
    """Listen, wait for all readers, and return the bare loop: one `socket.send` for each."""
    listener = socket.create_server((job.host, 0), backlog=1024)
    worker.say_json({"port": listener.getsockname()[1]})
    sockets = [listener.accept()[0] for _ in range(job.sockets)]
    for each in sockets:
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        each.setblocking(False)

    def write(data: bytes) -> None:
        for each in sockets:
            if each.send(data) != len(data):
                raise Broken("a reader does not keep up")

    return write


def main() -> None:
    """Read a job, do it when told so, report what was sent and how much processor time this process took for it."""
    job = Job(**worker.read_job())
    write = to_sockets(job) if job.kind == "floor" else to_nats(job)
    writes = list(writes_of(job.kind, load(Path(job.file))))
    worker.say("ready")
    worker.await_word()
    cpu_s = time.process_time()
    sent = send_all(itertools.cycle(writes), write, UPDATES_HZ if job.kind == "updates" else TICKS_HZ, job.seconds)
    worker.say_json(sent._asdict() | {"cpu_s": time.process_time() - cpu_s})
    worker.await_word()  # the readers may still be reading


if __name__ == "__main__":
    main()
