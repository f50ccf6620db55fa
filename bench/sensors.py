"""Many physio devices in one process of their own: `python -m bench.sensors` reads a job and prints its tally."""

from __future__ import annotations

import base64
import dataclasses
import secrets
import select
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench import worker
from bench.broken import Broken
from bench.movements import MOVEMENTS, make_movement
from bench.sensor import Sensor

AT_ONCE = 50  # handshakes
CONNECT_S = 30.0  # for one of them
SETTLE_S = 20.0  # how long the last acks may take
UNTIMED_EVERY = 10  # frames after which a sensor that is not timed reads its acks
TURNS_MAX = 64  # sensors that send before acks are looked at
NAP_S = 0.001
ROUND_S = 0.1
BACKLOG_US = 3_600_000_000  # a saturating sensor drains what it measured an hour ago


@dataclass(frozen=True)
class Job:
    """What the sensors shall do."""

    host: str
    port: int
    secrets: list[str]  # one device each
    sessions: list[str]  # the session of each
    joints: list[str]
    samples: int  # in a frame, of each joint
    hz: float  # samples a second
    warmup_s: float
    seconds: float
    window_frames: int = 0  # frames on the way of a sensor that saturates; 0: at its pace
    timed: list[int] = field(
        default_factory=list
    )  # places whose acks are read at once; the others read theirs by and by
    sent_file: str = ""  # where to save when each timed frame was written


@dataclass
class Tally:
    """What the sensors saw; frames are timed from their write to the ack of their last sample."""

    acked: int = 0  # samples in the measured time
    acked_in_all: int = 0
    frames: int = 0  # timed
    ack_p50_ms: float = 0.0
    ack_p99_ms: float = 0.0
    ack_max_ms: float = 0.0
    measured_from_ns: int = 0  # on the machine's monotonic clock
    measured_s: float = 0.0
    connect_s: float = 0.0
    behind_s: float = 0.0  # the most by which this process came late to a turn: more than 0.05 is its own fault
    lost_connections: int = 0
    sent: list[int] = field(default_factory=list)  # samples of each sensor
    errors: dict[str, int] = field(default_factory=dict)


class Sensors:
    """All of them, and the clock by which they send."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.errors: Counter[str] = Counter()
        timed = set(range(len(job.sessions)) if job.window_frames else job.timed)
        self.all = [
            Sensor(index, session, job.joints, timed=index in timed) for index, session in enumerate(job.sessions)
        ]
        self.behind_s = 0.0
        self._span_s = job.samples / job.hz
        self._turn = 0
        self._began = 0.0
        self._looked = float("-inf")  # when all of those that saturate were filled last
        self._poll = select.epoll()
        self._by_fd: dict[int, Sensor] = {}

    def connect(self) -> None:
        """Connect all, some at a time; raises `Broken` when one is turned away."""
        for start in range(0, len(self.all), AT_ONCE):
            some = self.all[start : start + AT_ONCE]
            for sensor in some:
                self._knock(sensor)
            for sensor in some:
                self._enter(sensor)
            for sensor in some:
                while not sensor.stream and not sensor.lost and not self.errors:
                    sensor.receive(self.errors)
                if not sensor.stream:
                    raise Broken(f"a sensor was not welcomed: {dict(self.errors)}")
        interval_us = round(1_000_000 / self.job.hz)
        drawn = {
            number: make_movement(number, len(self.job.joints), self.job.hz)
            for number in {sensor.index % MOVEMENTS for sensor in self.all}
        }
        for sensor in self.all:
            sensor.prepare(drawn[sensor.index % MOVEMENTS], self.job.samples, interval_us)
            sensor.socket.setblocking(False)
            if sensor.timed:
                self._poll.register(sensor.socket, select.EPOLLIN)
                self._by_fd[sensor.socket.fileno()] = sensor

    def _knock(self, sensor: Sensor) -> None:
        sensor.socket.settimeout(CONNECT_S)
        sensor.socket.connect((self.job.host, self.job.port))
        lines = [
            "GET /ws/device HTTP/1.1",
            f"Host: {self.job.host}:{self.job.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: hub.v1.msgpack",
            f"Authorization: Bearer {self.job.secrets[sensor.index]}",
        ]
        sensor.socket.sendall("\r\n".join((*lines, "", "")).encode())

    def _enter(self, sensor: Sensor) -> None:
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            data = sensor.socket.recv(1)  # what follows the head is a frame
            if not data:
                break
            answer += data
        if not answer.startswith(b"HTTP/1.1 101"):
            raise Broken(f"a sensor was answered with {answer.splitlines()[:1]}")
        sensor.socket.sendall(sensor.hello())

    def start(self) -> None:
        """Let the first samples be taken now."""
        self._began = time.monotonic()
        now_us = time.time_ns() // 1000 - (BACKLOG_US if self.job.window_frames else 0)
        for sensor in self.all:
            # The frame of a turn ends with the turn.
            sensor.base_us = now_us + int((sensor.index / len(self.all) - 1) * self._span_s * 1e6)

    def run_until(self, until: float) -> None:
        """Send and receive until a monotonic instant."""
        while (now := time.monotonic()) < until:
            caught_up = self._look_round(now) if self.job.window_frames else self._take_turns(now)
            self._read(NAP_S if caught_up else 0.0)

    def _take_turns(self, now: float) -> bool:
        count, now_ns = len(self.all), int(now * 1e9)
        step_s = self._span_s / count
        due = int((now - self._began) / step_s) + 1
        self.behind_s = max(self.behind_s, now - self._began - self._turn * step_s)
        for turn in range(self._turn, min(due, self._turn + TURNS_MAX)):
            round_, place = divmod(turn, count)
            sensor = self.all[place]
            if not sensor.timed and round_ % UNTIMED_EVERY == place % UNTIMED_EVERY:
                sensor.receive(self.errors)
            sensor.send_up_to(round_ + 1, now_ns)
            self._turn = turn + 1
        return self._turn >= due

    def _look_round(self, now: float) -> bool:
        if now >= self._looked + ROUND_S:  # the first time, and for what the kernel did not take
            self._looked = now
            for sensor in self.all:
                self._fill(sensor)
        return True

    def _fill(self, sensor: Sensor) -> None:
        sensor.send_up_to(sensor.acked // self.job.samples + self.job.window_frames, time.monotonic_ns())

    def _read(self, within_s: float) -> None:
        for descriptor, _ in self._poll.poll(within_s):
            sensor = self._by_fd[descriptor]
            sensor.receive(self.errors)
            if sensor.lost:
                self._poll.unregister(descriptor)
            elif self.job.window_frames:
                self._fill(sensor)

    def read_all(self) -> int:
        """Take all acks that have come; returns how many samples are acked."""
        for sensor in self.all:
            if not sensor.lost:
                sensor.receive(self.errors)
        return sum(sensor.acked for sensor in self.all)

    def settle(self) -> None:
        """Send nothing new and wait until everything sent is acked."""
        deadline = time.monotonic() + SETTLE_S
        while time.monotonic() < deadline:
            self.read_all()
            for sensor in self.all:
                sensor.send_up_to(0, 0)  # what the kernel has not taken yet
            if all(sensor.acked >= sensor.sent * self.job.samples for sensor in self.all if not sensor.lost):
                return
            time.sleep(0.05)


def run(job: Job) -> Tally:
    """Connect, warm up, measure, settle."""
    tally, began = Tally(), time.monotonic()
    sensors = Sensors(job)
    sensors.connect()
    tally.connect_s = time.monotonic() - began
    sensors.start()
    sensors.run_until(time.monotonic() + job.warmup_s)
    worker.say("measuring")
    before, tally.measured_from_ns = sensors.read_all(), time.monotonic_ns()
    sensors.behind_s = 0.0
    for sensor in sensors.all:
        sensor.latencies_ns.clear()
    sensors.run_until(time.monotonic() + job.seconds)
    tally.acked = sensors.read_all() - before
    tally.measured_s = (time.monotonic_ns() - tally.measured_from_ns) / 1e9
    tally.behind_s = sensors.behind_s
    worker.say("measured")
    note_latencies(tally, np.concatenate([np.array(sensor.latencies_ns) for sensor in sensors.all]))
    sensors.settle()
    tally.lost_connections = sum(sensor.lost for sensor in sensors.all)
    tally.sent = [sensor.sent * job.samples for sensor in sensors.all]
    tally.acked_in_all = sum(sensor.acked for sensor in sensors.all)
    tally.errors = dict(sensors.errors)
    if job.sent_file:
        save_sent(job.sent_file, sensors)
    return tally


def save_sent(file: str, sensors: Sensors) -> None:
    """Save, of timed sensors, the device clock of the first sample and when each frame was written (0: never)."""
    timed = [sensor for sensor in sensors.all if sensor.timed]
    sent = np.zeros((len(timed), max(len(sensor.sent_ns) for sensor in timed)), np.int64)
    for row, sensor in zip(sent, timed, strict=True):
        row[: len(sensor.sent_ns)] = sensor.sent_ns
    np.savez(
        file,
        places=np.array([sensor.index for sensor in timed]),
        base_us=np.array([sensor.base_us for sensor in timed]),
        sent_ns=sent,
    )


def note_latencies(tally: Tally, latencies_ns: NDArray[np.int64]) -> None:
    """Put the ack percentiles of the measured time into the tally."""
    tally.frames = len(latencies_ns)
    if tally.frames:
        p50, p99, most = np.percentile(latencies_ns, (50, 99, 100)) / 1e6
        tally.ack_p50_ms, tally.ack_p99_ms, tally.ack_max_ms = float(p50), float(p99), float(most)


def main() -> None:
    """Read a job, do it, print the tally as the last line."""
    job = Job(**worker.read_job())
    worker.finish(dataclasses.asdict(run(job)))


if __name__ == "__main__":
    main()
