"""What the crew of a simulated ambulance does with a call."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import hypot
from random import Random

import pytest

from arogya.simulator.crew import Crew, Hospital, Said
from arogya.simulator.roads import grow
from arogya.simulator.vehicle import ROUNDS_M, Vehicle

ROADS = grow(1)
STATION, SCENE = 0, 300
HOSPITAL = Hospital("North", *ROADS.position(*ROADS.nodes[120]), "a-facility")
FAR = Hospital("Far", *ROADS.position(*ROADS.nodes[STATION]))


class Ride:
    """A crew and its ambulance, second by second."""

    def __init__(self, seed: int = 0, hospitals: tuple[Hospital, ...] = (HOSPITAL,)) -> None:
        self.vehicle = Vehicle(ROADS, Random(seed), STATION)  # noqa: S311 - repeatable on purpose
        self.crew = Crew(ROADS, self.vehicle, Random(f"{seed}:crew"), hospitals)  # noqa: S311 - repeatable on purpose
        self.now_s = 0.0

    def offer(self, assignment: str = "one", **body: object) -> None:
        latitude, longitude = ROADS.position(*ROADS.nodes[SCENE])
        outline = {"assignment": assignment, "stage": "offered", "priority": 1, "latitude": latitude}
        assert self.crew.hear("offer", {**outline, "longitude": longitude, **body}, self.now_s)

    def said(self, seconds: int = 1_800) -> Iterator[Said]:
        """Yield what they say in so many seconds."""
        for _ in range(seconds):
            self.now_s += 1.0
            self.vehicle.advance(1.0)
            yield from self.crew.advance(self.now_s)

    def away_m(self, node: int) -> float:
        east, north = self.vehicle.place
        return hypot(ROADS.nodes[node].east - east, ROADS.nodes[node].north - north)


def words(said: list[Said]) -> list[object]:
    return [one.body.get("stage", one.kind) for one in said]


@cache
def seed_of(*wanted: object) -> int:
    """Return the first seed whose crew says exactly this of an offer."""
    for seed in range(300):
        ride = Ride(seed)
        ride.offer()
        if words(list(ride.said(1_500))) == list(wanted):
            return seed
    raise LookupError(wanted)


WHOLE = ("seen", "accept", "en_route", "on_scene", "destination", "transporting", "at_destination", "cleared")


def test_a_call_is_served_from_the_offer_to_being_back_in_service() -> None:
    ride = Ride(seed_of(*WHOLE))
    ride.offer()
    reached: dict[object, float] = {}
    for one in ride.said():
        reached[one.body.get("stage", one.kind)] = ride.away_m(SCENE)
        assert one.body["assignment"] == "one"
        if one.kind == "destination":
            assert one.body["facility"] == "a-facility"
        if one.body.get("stage") == "at_destination":
            assert ride.away_m(120) < 1.0
    assert list(reached) == list(WHOLE)
    assert reached["on_scene"] < 1.0
    assert ride.crew.run is None
    assert ride.away_m(STATION) <= ROUNDS_M + 600.0  # back on its rounds, which may lead through streets beyond


def test_a_patient_may_stay_and_a_crew_may_decline_or_not_look() -> None:
    ride = Ride(seed_of("seen", "accept", "en_route", "on_scene", "cleared"))
    ride.offer()
    assert list(ride.said())[-1].body["no_transport"] is True
    ride = Ride(seed_of("seen", "decline"))
    ride.offer()
    assert list(ride.said())[-1].body["reason"]
    ride = Ride(seed_of("seen"))
    ride.offer()
    assert words(list(ride.said())) == ["seen"]
    assert ride.crew.run is None


def test_a_seed_is_a_whole_story() -> None:
    stories = []
    for _ in range(2):
        ride = Ride(seed_of(*WHOLE))
        ride.offer()
        stories.append([(one, round(ride.now_s)) for one in ride.said()])
    assert stories[0] == stories[1]


@pytest.mark.parametrize("why", ["recall", "refused"])
def test_a_call_that_is_taken_back_is_left_at_once(why: str) -> None:
    ride = Ride(seed_of(*WHOLE))
    ride.offer()
    for one in ride.said():
        if one.body.get("stage") == "en_route":
            break
    if why == "recall":
        ride.crew.hear("recall", {"assignment": "another"}, ride.now_s)
        assert ride.crew.run is not None
        ride.crew.hear("recall", {"assignment": "one", "reason": "another unit was quicker"}, ride.now_s)
    else:
        ride.crew.refused(one)
    assert ride.crew.run is None
    assert list(ride.said()) == []
    ride.offer("two")
    assert "accept" in words(list(ride.said()))


def test_a_second_offer_does_not_take_a_crew_from_its_call() -> None:
    ride = Ride(seed_of(*WHOLE))
    ride.offer()
    next(one for one in ride.said() if one.kind == "accept")
    ride.offer("two")
    assert {one.body["assignment"] for one in ride.said()} == {"one"}


@pytest.mark.parametrize(
    ("stage", "rest"),
    [("accepted", WHOLE[2:]), ("en_route", WHOLE[3:]), ("transporting", WHOLE[6:]), ("at_destination", WHOLE[7:])],
)
def test_a_crew_goes_on_where_the_hub_says_that_it_is(stage: str, rest: tuple[str, ...]) -> None:
    told = {"assignment": "one", "stage": stage, "priority": 3, "latitude": 18.53, "longitude": 73.85}
    ride = Ride(1)
    ride.crew.hear("call", told, 0.0)
    heard = words(list(ride.said()))
    assert tuple(heard) == rest or heard[-1] == "cleared"


def test_a_destination_that_is_known_is_driven_to_and_not_chosen_again() -> None:
    latitude, longitude = ROADS.position(*ROADS.nodes[120])
    ride = Ride(seed_of(*WHOLE), (FAR,))
    ride.offer(destination="North", destination_latitude=latitude, destination_longitude=longitude)
    for one in ride.said():
        assert one.kind != "destination"
        if one.body.get("stage") == "at_destination":
            assert ride.away_m(120) < 1.0


def test_a_call_that_nobody_knows_the_place_of_is_served_all_the_same() -> None:
    ride = Ride(seed_of(*WHOLE), ())
    ride.crew.hear("offer", {"assignment": "one", "stage": "offered"}, 0.0)
    assert words(list(ride.said()))[-1] == "cleared"


def test_a_message_is_read_and_answered() -> None:
    ride = Ride()
    assert ride.crew.hear("message", {"message": "m", "text": "Where are you?"}, 0.0)
    read, answer = list(ride.said(60))
    assert read == Said("read", {"message": "m"})
    assert answer.kind == "message"
    assert answer.body["text"]


def test_what_a_crew_does_not_know_it_says_so() -> None:
    assert not Ride().crew.hear("dance", {}, 0.0)
