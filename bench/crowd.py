"""Many sockets that connect and then say nothing: `python -m bench.crowd` does it and stays until it is told to go."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

import uvloop

from bench import socket, worker
from bench.socket import Socket, Target
from bench.tablet import Tablet

CONNECT_S = 180.0  # for everybody


@dataclass(frozen=True)
class Job:
    """Who connects to what."""

    host: str
    port: int
    secrets: list[str]  # one device each; empty: sockets of a server that knows no devices
    sockets: int  # without secrets: how many
    at_once: int  # handshakes at the same time


async def connect(job: Job, errors: Counter[str]) -> list[Socket]:
    """Connect everybody: tablets up to the hub's welcome, others up to the 101; who is sent away comes back."""
    targets = [Target(job.host, job.port, "/ws/device", secret, "hub.v1.msgpack") for secret in job.secrets]
    targets = targets or [Target(job.host, job.port, "/ws")] * job.sockets
    inside: list[Socket] = []
    async with asyncio.timeout(CONNECT_S):
        while targets:
            inside += await socket.connect(lambda target, index: make(target, index, errors), targets, job.at_once)
            targets = [made.target for made in inside if made.lost]
            inside = [made for made in inside if not made.lost]
    return inside


def make(target: Target, index: int, errors: Counter[str]) -> Socket:
    """Return a tablet where there is a secret, else a socket that only opens."""
    return Tablet(target, index, errors) if target.token else Socket(target, errors)


async def run(job: Job) -> None:
    """Connect, tell how long it took, and answer pings; each line from the parent asks how everybody is."""
    errors: Counter[str] = Counter()
    started = time.monotonic()
    sockets = await connect(job, errors)
    found: dict[str, object] = {"connect_s": time.monotonic() - started, "refusals": dict(errors)}
    errors.clear()
    while True:
        found |= {
            "connected": sum(not made.lost for made in sockets),
            "pinged": sum(made.pings > 0 for made in sockets),
            "errors": dict(errors),
        }
        worker.say_json(found)
        await asyncio.to_thread(worker.await_word)


def main() -> None:
    """Read a job and do it until the parent is gone."""
    uvloop.run(run(Job(**worker.read_job())))


if __name__ == "__main__":
    main()
