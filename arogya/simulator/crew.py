"""The crew of a simulated ambulance: answers offers, drives to the scene and on, and says each stage on its tablet.

It knows no clock and no network: seconds come in, and what it says goes out. Everything random comes from its own
generator, so that a seed is a whole story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, inf, radians
from random import Random
from typing import Final, NamedTuple

from arogya.simulator.roads import METRES_PER_DEGREE, Roads
from arogya.simulator.vehicle import Vehicle

SEEN_S = (0.5, 2.0)  # from an offer to a look at the screen
ANSWER_S = (2.5, 8.0)  # from an offer to the answer
DECLINES, IGNORES = 0.03, 0.02  # shares of the offers
CHUTE_S = (6.0, 18.0)  # from accepting to driving
DOOR_S = (2.0, 6.0)  # from standing to saying that one has arrived
SCENE_S = (50.0, 140.0)
HANDOVER_S = (40.0, 110.0)  # at the hospital, until they are in service again
READ_S = (3.0, 8.0)  # from a message to having read it
REPLY_S = (4.0, 12.0)  # from that to the answer
STAYS = 0.12  # share of the patients who are not taken along
URGENT = 2  # priorities up to this one drive with lights and siren
REASONS = ("The stretcher is being repaired.", "Still cleaning the vehicle.", "Out of oxygen: on our way to the depot.")
STAGES: Final = ("offered", "accepted", "en_route", "on_scene", "transporting", "at_destination")
REPLIES: Final = {
    "accepted": "Copied, rolling in a moment.",
    "en_route": "Copied, on our way.",
    "on_scene": "Copied, we are with the patient.",
    "transporting": "Copied, patient on board.",
    "at_destination": "Copied, handing over.",
}
Body = Mapping[str, object]


class Hospital(NamedTuple):
    """Where patients are taken; degrees."""

    name: str
    latitude: float
    longitude: float
    facility_id: str | None = None  # None: the hub does not know it


class Said(NamedTuple):
    """A report, as the device client takes it."""

    kind: str
    body: dict[str, object]


@dataclass(slots=True)
class Run:
    """A call that the crew was asked to take, or has."""

    assignment: str
    stage: str
    due_s: float  # when it does what comes next; inf = when it has arrived
    scene: int | None  # the crossing; None = nobody knows where
    is_urgent: bool
    hospital: int | None = None  # the crossing, once it is chosen
    is_seen: bool = False
    seen_s: float = inf


class Crew:
    """What two people in an ambulance do."""

    def __init__(self, roads: Roads, vehicle: Vehicle, rng: Random, hospitals: Sequence[Hospital] = ()) -> None:
        self.hospitals = hospitals  # where they take patients for whom nobody has said where to
        self.run: Run | None = None
        self._roads = roads
        self._vehicle = vehicle
        self._rng = rng
        self._letters: list[tuple[float, Said]] = []  # what they are about to say of messages: when, and what

    # What they are told.

    def hear(self, kind: str, body: Body, now_s: float) -> bool:
        """Take a command of the hub; tell whether they know what it means."""
        told = {"offer": self._asked, "call": self._informed, "recall": self._recalled, "message": self._written_to}
        if kind not in told:
            return False
        told[kind](body, now_s)
        return True

    def refused(self, said: Said) -> None:
        """Know that the hub did not take a report: then the call is not theirs any more."""
        if said.kind in ("accept", "stage"):
            self._drop(said.body.get("assignment"))

    def _asked(self, body: Body, now_s: float) -> None:
        if self.run is not None:
            return  # this call again, or the hub does not know yet that they have one
        run = self._run_of(body, "offered")
        run.seen_s, run.due_s = now_s + self._rng.uniform(*SEEN_S), now_s + self._rng.uniform(*ANSWER_S)
        self.run = run

    def _informed(self, body: Body, now_s: float) -> None:
        """Take over what the hub knows of their call: at a start, after an answer by radio, and when it changes."""
        stage, run = str(body.get("stage", "accepted")), self.run
        if stage not in STAGES[1:]:
            return
        known = self._run_of(body, stage)
        if run is None or run.assignment != known.assignment:
            self.run = known
            self._begin(known, now_s)
            return
        moved, run.scene, run.hospital = (
            known.scene != run.scene,
            known.scene or run.scene,
            known.hospital or run.hospital,
        )
        if STAGES.index(stage) > STAGES.index(run.stage):
            run.stage = stage
            self._begin(run, now_s)
        elif moved and run.stage == "en_route":
            self._begin(run, now_s)

    def _recalled(self, body: Body, _now_s: float) -> None:
        self._drop(body.get("assignment"))

    def _written_to(self, body: Body, now_s: float) -> None:
        read_s = now_s + self._rng.uniform(*READ_S)
        self._letters.append((read_s, Said("read", {"message": body.get("message")})))
        reply: dict[str, object] = {
            "text": REPLIES[self.run.stage] if self.run and self.run.stage in REPLIES else "Copied."
        }
        self._letters.append((read_s + self._rng.uniform(*REPLY_S), Said("message", reply)))

    def _drop(self, assignment: object) -> None:
        if self.run is not None and self.run.assignment == assignment:
            self.run = None
            self._vehicle.go_home()

    # What they do.

    def advance(self, now_s: float) -> list[Said]:
        """Return what they say by now, in order."""
        due = [said for at_s, said in self._letters if at_s <= now_s]
        self._letters = [letter for letter in self._letters if letter[0] > now_s]
        return due + self._go_on(now_s)

    def _go_on(self, now_s: float) -> list[Said]:
        run, said = self.run, list[Said]()
        if run is None:
            return said
        if run.stage == "offered" and not run.is_seen and run.seen_s <= now_s:
            run.is_seen = True
            said.append(Said("seen", {"assignment": run.assignment}))
        if run.due_s == inf and self._vehicle.has_arrived:
            run.due_s = now_s + self._rng.uniform(*DOOR_S)
        if run.due_s <= now_s:
            said += self._next(run, now_s)
        return said

    def _next(self, run: Run, now_s: float) -> list[Said]:
        """Do what comes after the present stage."""
        if run.stage == "offered":
            return self._answer(run, now_s)
        if run.stage == "on_scene" and self._rng.random() < STAYS:
            return self._clear(run, no_transport=True)
        if run.stage == "at_destination":
            return self._clear(run)
        chosen = self._choose_hospital(run) if run.stage == "on_scene" and run.hospital is None else []
        run.stage = STAGES[STAGES.index(run.stage) + 1]
        self._begin(run, now_s)
        return [*chosen, Said("stage", {"assignment": run.assignment, "stage": run.stage})]

    def _answer(self, run: Run, now_s: float) -> list[Said]:
        chance = self._rng.random()
        if chance < IGNORES:
            self.run = None  # nobody looked; asked again, somebody may
            return []
        if chance < IGNORES + DECLINES:
            self.run = None
            return [Said("decline", {"assignment": run.assignment, "reason": self._rng.choice(REASONS)})]
        run.stage = "accepted"
        self._begin(run, now_s)
        return [Said("accept", {"assignment": run.assignment})]

    def _clear(self, run: Run, *, no_transport: bool = False) -> list[Said]:
        self._drop(run.assignment)
        body: dict[str, object] = {"assignment": run.assignment, "stage": "cleared"}
        return [Said("stage", body | {"no_transport": True} if no_transport else body)]

    def _begin(self, run: Run, now_s: float) -> None:
        """Set about the stage that the run is at."""
        stays = {"accepted": CHUTE_S, "on_scene": SCENE_S, "at_destination": HANDOVER_S}
        if run.stage in stays:
            run.due_s = now_s + self._rng.uniform(*stays[run.stage])
            return
        goal = run.scene if run.stage == "en_route" else run.hospital
        self._vehicle.drive_to(self._anywhere() if goal is None else goal, is_urgent=run.is_urgent)
        run.due_s = inf

    def _choose_hospital(self, run: Run) -> list[Said]:
        """Take the patient to the nearest hospital; say so where the hub knows it."""
        if not self.hospitals:
            return []
        east, north = self._vehicle.place

        def away_m(hospital: Hospital) -> float:
            there = self._metres(hospital.latitude, hospital.longitude)
            return hypot(there[0] - east, there[1] - north)

        chosen = min(self.hospitals, key=away_m)
        run.hospital = self._crossing(chosen.latitude, chosen.longitude)
        where: dict[str, object] = (
            {"facility": chosen.facility_id} if chosen.facility_id else {"destination": chosen.name}
        )
        return [Said("destination", {"assignment": run.assignment, **where})]

    # Where things are.

    def _run_of(self, body: Body, stage: str) -> Run:
        priority = body.get("priority")
        return Run(
            str(body.get("assignment")),
            stage,
            inf,
            self._crossing(body.get("latitude"), body.get("longitude")),
            isinstance(priority, int) and priority <= URGENT,
            self._crossing(body.get("destination_latitude"), body.get("destination_longitude")),
        )

    def _crossing(self, latitude: object, longitude: object) -> int | None:
        """Return the crossing that is nearest to a place, None without one."""
        if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
            return None
        east, north = self._metres(latitude, longitude)
        nodes = self._roads.nodes
        return min(range(len(nodes)), key=lambda number: hypot(nodes[number].east - east, nodes[number].north - north))

    def _metres(self, latitude: float, longitude: float) -> tuple[float, float]:
        south, west = self._roads.centre
        wide = METRES_PER_DEGREE * cos(radians(south))
        return (longitude - west) * wide, (latitude - south) * METRES_PER_DEGREE

    def _anywhere(self) -> int:
        """Return some crossing: they ask people on the way."""
        return self._rng.randrange(len(self._roads.nodes))
