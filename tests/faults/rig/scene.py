"""A running whole: hubs, tablets, dashboards, and the questions that every fault test asks at its end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import NamedTuple, Protocol, cast

from tests.faults.rig import checker, motion_checker, picture
from tests.faults.rig.checker import Verdict, wait_until
from tests.faults.rig.journal import Journal, percentile
from tests.faults.rig.picture import MAP_DIGITS
from tests.faults.rig.population import Credential
from tests.faults.rig.sensor import MotionJournal, Sensor
from tests.faults.rig.tablet import Tablet
from tests.faults.rig.viewer import Viewer
from tests.faults.rig.ward import make_sensors

CONNECT_S = 30.0
HEAL_S = 30.0  # until everything that the devices held is stored
SHOWN_S = 5.0  # until every dashboard shows what is stored
LIVE_S = 0.75  # behind the acks: as if heard at once, and not read from PostgreSQL each second
STEADY_S = 0.5  # for how long it must be so to count
LOOK_EVERY_S = 0.1  # at the dashboards, while they are watched
MEMORY_S = 10.0  # until the hub's memory is back
MEMORY_GROWTH = 1.10  # of what it had before the fault
YOUNG_BYTES = 12 * 2**20  # what a process that has just started still takes for its caches, fault or none


class Serving(Protocol):
    """What the load goes to: a `HubProcess`, or something that stands for several."""

    @property
    def url(self) -> str:
        """Its address."""

    def alive(self) -> bool:
        """Tell whether it runs."""

    def words(self) -> str:
        """Return what it has logged."""

    def complaints(self) -> list[str]:
        """Return the logged lines that tell of an exception nobody handled."""

    def memory_bytes(self) -> int:
        """Return the resident memory."""


class Load(NamedTuple):
    """How much traffic a scene has, and how long its faults last."""

    tablets: int
    rate_hz: float
    viewers: int
    sensors: int  # at 50 Hz
    full: bool  # the numbers of the fault table apply as they stand

    def of(self, small: float, full: float) -> float:
        """Choose a number by the load."""
        return full if self.full else small


SMALL = Load(tablets=30, rate_hz=5.0, viewers=3, sensors=4, full=False)
FULL = Load(tablets=500, rate_hz=1.0, viewers=20, sensors=50, full=True)


class Watched(NamedTuple):
    """What was seen in a while."""

    lag_s: float  # for how long something acked was missing on a dashboard, at most
    ack_p99_s: float


class Scene:
    """The devices and dashboards of one hub, or of several in turn, and their journal."""

    def __init__(self, hubs: Sequence[Serving], dsn: str, load: Load) -> None:
        self.hubs = list(hubs)  # more may join while it plays
        self.dsn = dsn  # of the database itself, past any proxy
        self.load = load
        self.journal = Journal()
        self.motion = MotionJournal()
        self.tablets: list[Tablet] = []
        self.sensors: list[Sensor] = []
        self.viewers: list[Viewer] = []
        # Resident bytes of each hub when everything flowed, before any fault.
        self.memory_before: dict[Serving, int] = {}
        self.tasks: asyncio.TaskGroup  # owns every device and dashboard, from `play` on

    @contextlib.asynccontextmanager
    async def play(self, credentials: list[Credential], viewer_token: str, *, seed: int) -> AsyncIterator[Scene]:
        """Let tablets and dashboards run around the block."""
        for number, credential in enumerate(credentials):
            home, *others = self.addresses(number)
            tablet = Tablet(
                f"{home}/ws/device",
                credential.secret,
                ambulance_id=credential.ambulance_id,
                journal=self.journal,
                rate_hz=self.load.rate_hz,
                seed=seed * 10_000 + number,
            )
            tablet.others.extend(f"{other}/ws/device" for other in others)
            self.tablets.append(tablet)
        for number, worn in enumerate(await make_sensors(self.dsn, self.load.sensors)):
            home, *others = self.addresses(number)
            sensor = Sensor(f"{home}/ws/device", worn, self.motion, seed=seed * 10_000 + 5_000 + number)
            sensor.others.extend(f"{other}/ws/device" for other in others)
            self.sensors.append(sensor)
        self.viewers = [self.viewer(number, viewer_token) for number in range(self.load.viewers)]
        async with asyncio.TaskGroup() as self.tasks:
            lives = [*(device.run() for device in self.devices), *(viewer.run() for viewer in self.viewers)]
            running = [self.tasks.create_task(life) for life in lives]
            try:
                await self.wait_flowing()
                self.memory_before = {hub: hub.memory_bytes() for hub in self.hubs}
                yield self
            finally:
                for task in running:
                    task.cancel()

    @property
    def devices(self) -> list[Tablet | Sensor]:
        """All tablets and sensors."""
        return [*self.tablets, *self.sensors]

    def addresses(self, number: int) -> list[str]:
        """Return all hubs in the order in which one of the devices or dashboards tries them."""
        first = number % len(self.hubs)
        return [hub.url for hub in self.hubs[first:] + self.hubs[:first]]

    def viewer(self, number: int, token: str) -> Viewer:
        """Return a dashboard whose home is one of the hubs; who calls lets it run."""
        home, *others = self.addresses(number)
        viewer = Viewer(f"{home}/ws/live", token)
        viewer.others.extend(f"{other}/ws/live" for other in others)
        return viewer

    def viewers_on(self, hub: Serving) -> list[Viewer]:
        """Return the dashboards that are connected to a hub."""
        return [viewer for viewer in self.viewers if viewer.connected and viewer.url.startswith(f"{hub.url}/")]

    def tablets_on(self, hub: Serving) -> list[Tablet]:
        """Return the tablets that are connected to a hub."""
        return [tablet for tablet in self.tablets if tablet.connected and tablet.url.startswith(f"{hub.url}/")]

    async def wait_flowing(self, within_s: float = CONNECT_S) -> None:
        """Wait until all are connected and every device has heard an ack on its connection."""
        await wait_until(
            lambda: (
                all(device.connected and device.mine.acked > 0 for device in self.devices)
                and all(viewer.connected for viewer in self.viewers)
            ),
            within_s,
            lambda: f"all devices acked and all dashboards in sync; {self.state()}",
        )

    def state(self) -> str:
        """Describe where the connections stand, for a failure."""
        connected = sum(tablet.connected for tablet in self.tablets)
        watching, worn = sum(v.connected for v in self.viewers), sum(sensor.connected for sensor in self.sensors)
        return (
            f"{connected} tablets, {worn} sensors and {watching} dashboards connected; "
            f"closes {self.journal.close_codes} and {self.motion.close_codes}; "
            f"errors {self.journal.errors[:5]} and {self.motion.errors[:5]}; "
            f"the hubs say: {[hub.words()[-1500:] for hub in self.hubs]}"
        )

    async def acks_flow(self, within_s: float) -> float:
        """Wait until every device hears of something that it recorded after this call; returns the seconds."""
        goals = {device: device.recorded + 1 for device in self.devices}
        return await wait_until(
            lambda: all(device.mine.acked >= goal for device, goal in goals.items()), within_s, "fresh acks for all"
        )

    async def drain(self, within_s: float = HEAL_S) -> float:
        """Stop recording and wait until nothing is held any more; returns the seconds."""
        for device in self.devices:
            device.recording = False
        return await wait_until(lambda: not any(device.spool for device in self.devices), within_s, "all spools empty")

    async def judge(self, heal_s: float = HEAL_S) -> Verdict:
        """Drain, and ask what every fault test asks: nothing lost, twice or altered; the dashboards are right."""
        await self.drain(heal_s)
        verdict = await checker.check(self.dsn, self.journal)
        assert verdict.faultless(), verdict
        assert verdict.held == 0, verdict
        motion = await motion_checker.check(self.dsn, self.motion)
        assert motion.faultless(), motion
        assert motion.held == 0, motion
        for hub in self.hubs:
            assert not hub.complaints(), [*hub.complaints()[:2], hub.words()[:6000]]
        await wait_until(self.shown, SHOWN_S, f"every dashboard shows the newest fixes: {self.not_shown()[:5]}")
        different = await picture.differences(self.dsn, self.viewers)
        assert not different, different[:5]
        for viewer in self.viewers:
            assert viewer.backwards == [], viewer.backwards[:5]
            assert viewer.negative_ages == [], viewer.negative_ages[:5]
        for hub in self.hubs:
            if hub.alive():
                await self._wait_memory_back(hub)
        return verdict

    def shown(self) -> bool:
        """Tell whether every dashboard shows the newest fix of every tablet."""
        return not self.not_shown()

    def not_shown(self) -> list[str]:
        """Name the markers that are not where the newest fix is."""
        wrong = []
        for number, viewer in enumerate(self.viewers):
            for tablet in self.tablets:
                row, fix = viewer.fix_of(tablet.ambulance_id), tablet.mine.sent[tablet.mine.acked]
                place = [round(fix.latitude, MAP_DIGITS), round(fix.longitude, MAP_DIGITS)]
                if row is None or row[1:3] != place:
                    shown = row[1:3] if row else None
                    wrong.append(f"viewer {number}, ambulance {tablet.ambulance_id}: {shown}, not {place}")
        return wrong

    def lag_s(self, viewers: Iterable[Viewer] | None = None) -> float:
        """Return for how long what a tablet was acked has been missing on a dashboard, the worst of all, in seconds.

        Without viewers named, those that are connected now.
        """
        watching = [viewer for viewer in self.viewers if viewer.connected] if viewers is None else list(viewers)
        now = time.monotonic()
        return max((now - self._missing_since(tablet, watching, now) for tablet in self.tablets), default=0.0)

    async def wait_live(self, within_s: float = CONNECT_S) -> float:
        """Wait until every dashboard has shown for a while at once what is acked; returns the seconds that took."""
        since: float | None = None

        def steady() -> bool:
            nonlocal since
            live = all(viewer.connected for viewer in self.viewers) and self.lag_s() < LIVE_S
            since = (since or time.monotonic()) if live else None
            return since is not None and time.monotonic() - since >= STEADY_S

        return await wait_until(steady, within_s, lambda: f"every dashboard is live; {self.late()}; {self.state()}")

    def late(self) -> list[str]:
        """Name what is behind on which hub, and where it comes from, for a failure; some of it."""
        found = []
        for viewer, tablet in itertools.product(self.viewers, self.tablets):
            behind_s = time.monotonic() - self._missing_since(tablet, [viewer], time.monotonic())
            if behind_s >= LIVE_S:
                found.append(f"{tablet.url} seen at {viewer.url}: {behind_s:.2f} s")
        return sorted(found)[:: max(1, len(found) // 10)]

    async def watch(self, seconds: float) -> Watched:
        """Look at every dashboard, also at those that are not connected, for a while."""
        began, lags = time.monotonic(), []
        while time.monotonic() - began < seconds:
            lags.append(self.lag_s(self.viewers))
            await asyncio.sleep(LOOK_EVERY_S)
        return Watched(max(lags), percentile(self.journal.latencies_between(began, time.monotonic()), 0.99))

    def longest_wait_s(self, since: float) -> float:
        """Return the longest time that any one tablet was without an ack after a monotonic instant, in seconds."""
        longest = 0.0
        for stream in self.journal.streams.values():
            times = [since, *(at for at, _ in stream.acks if at >= since), time.monotonic()]
            longest = max(longest, *(later - earlier for earlier, later in itertools.pairwise(times)))
        return longest

    @staticmethod
    def _missing_since(tablet: Tablet, viewers: list[Viewer], now: float) -> float:
        """Return when the first ack came of what is newer than the oldest marker; tablets drive north and not back."""
        rows = [viewer.fix_of(tablet.ambulance_id) for viewer in viewers]
        oldest = min((cast(float, row[1]) if row is not None else -90.0 for row in rows), default=90.0)
        sent, acks = tablet.mine.sent, tablet.mine.acks
        shown = bisect_right(range(1, len(sent) + 1), oldest, key=lambda seq: round(sent[seq].latitude, MAP_DIGITS))
        newer = bisect_right(acks, shown, key=lambda ack: ack[1])
        return acks[newer][0] if newer < len(acks) else now

    async def _wait_memory_back(self, hub: Serving) -> None:
        before = self.memory_before.get(hub, 0) or min(self.memory_before.values())  # one that joined is like the rest
        most = before * MEMORY_GROWTH + YOUNG_BYTES
        await wait_until(lambda: hub.memory_bytes() <= most, MEMORY_S, f"memory back under {most:.0f} bytes")

    def longest_ack_gap(self, since: float) -> float:
        """Return the longest time without any ack after a monotonic instant, in seconds."""
        times = [since, *(at for stream in self.journal.streams.values() for at, _ in stream.acks if at >= since)]
        ordered = [*sorted(times), time.monotonic()]
        return max(later - earlier for earlier, later in itertools.pairwise(ordered))
