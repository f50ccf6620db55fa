"""The checker itself: a run in which everything is right has no differences, and each thing that is altered has one."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from hub.protocol.filter import Area, Filter
from hub.protocol.fix import Fix
from tests.chaos import verdict
from tests.chaos.truth import Row, Truth
from tests.faults.rig import checker
from tests.faults.rig.checker import Verdict
from tests.faults.rig.journal import StreamJournal

CALLED_AT = 1_700_000_000_000_000
PLACES = {1: (28.6, 77.2), 2: (28.7, 77.3), 3: (10.0, 20.0)}
RAISED = ("raised", {"id": "a-1", "ambulance_id": 1})
ANSWERED = ("acknowledged", {"id": "a-2", "ambulance_id": 2})


@dataclass
class World:
    """What the database says, what one screen shows and was told, and what tablets and people did."""

    truth: Truth
    tables: dict[str, dict[object, Row]]
    told: dict[int, tuple[str, dict[str, object]]]
    order: list[int]
    offset: int
    made: list[str] = field(default_factory=lambda: ["call-1"])
    answered: set[str] = field(default_factory=lambda: {"a-2"})
    close_codes: dict[int, int] = field(default_factory=lambda: {1006: 3, 1012: 1, 4002: 2})
    refusals: list[int] = field(default_factory=list)

    def differences(self) -> list[str]:
        return [
            *verdict.picture(self.truth, self.tables, self.truth.shown(None)),
            *verdict.followed(self.truth),
            *verdict.events(self.truth, self.told, self.order, self.offset),
            *verdict.happened(self.truth),
            *verdict.calls(self.truth, 7, self.made),
            *verdict.answers(self.truth, self.answered),
            *verdict.stays_away("a tablet", self.close_codes, self.refusals),
        ]


def a_world() -> World:
    """Three ambulances, one of them without a position; two alarms, the second one answered; all is right."""
    units: dict[int, Row] = {key: [key, f"P-{key}", None, "available"] for key in (1, 2, 3)}
    places = {key: PLACES[key] for key in (1, 2)}
    events: dict[int, tuple[str, dict[str, object]]] = {
        1: ("raised", {"id": "a-1", "ambulance_id": 1}),
        2: ("raised", {"id": "a-2", "ambulance_id": 2}),
        3: ("acknowledged", {"id": "a-2", "ambulance_id": 2}),
    }
    truth = Truth(
        units=units,
        places=places,
        followed={key: (*place, CALLED_AT) for key, place in places.items()},
        alarm_at={1: CALLED_AT},
        calls={(7, "call-1"): [("a-1", False)], (8, "call-1"): [("a-2", True)]},
        events=events,
    )
    fixes: dict[object, Row] = {
        1: [1, *places[1], 10.0, 0.0, 5.0, CALLED_AT, CALLED_AT],
        2: [2, *places[2], 10.0, 0.0, 5.0, CALLED_AT, None],
    }
    tables: dict[str, dict[object, Row]] = {"units": {key: list(row) for key, row in units.items()}, "fixes": fixes}
    # The screen came after the first event.
    return World(truth, tables, deepcopy({2: events[2], 3: events[3]}), [2, 3], 3)


def test_a_world_that_is_right_has_no_differences() -> None:
    assert a_world().differences() == []


def miss_an_event(world: World) -> None:
    world.told.pop(2)
    world.order[:] = [1, 3]


def miss_the_last_event(world: World) -> None:
    world.told.pop(3)
    world.order.remove(3)
    world.offset = 2


def make_an_event_up(world: World) -> None:
    world.told[4] = RAISED
    world.order.append(4)


MUTANTS: dict[str, Callable[[World], object]] = {
    "a unit is missing": lambda world: world.tables["units"].pop(3),
    "a unit that was removed stays": lambda world: world.truth.units.pop(3),
    "a status was not told": lambda world: world.tables["units"][2].__setitem__(3, "offline"),
    "a plate is altered": lambda world: world.tables["units"][2].__setitem__(1, "P-9"),
    "a marker is missing": lambda world: world.tables["fixes"].pop(1),
    "a marker is where none is": lambda world: world.tables["fixes"].update({3: [3, 1.0, 2.0, *[None] * 5]}),
    "a marker is a few centimetres off": lambda world: world.tables["fixes"][1].__setitem__(1, 28.6000005),
    "a marker is old": lambda world: world.tables["fixes"][2].__setitem__(2, 77.2999),
    "an alarm is not shown": lambda world: world.tables["fixes"][1].__setitem__(7, None),
    "an answered alarm is shown": lambda world: world.tables["fixes"][2].__setitem__(7, CALLED_AT),
    "the row of an ambulance is behind": lambda world: world.truth.followed.update({2: (28.69, 77.3, CALLED_AT)}),
    "the row of an ambulance is empty": lambda world: world.truth.followed.pop(1),
    "an event was not told": miss_an_event,
    "the last event was not told": miss_the_last_event,
    "an event was told twice": lambda world: world.order.append(3),
    "events came in another order": lambda world: world.order.reverse(),
    "an event was altered": lambda world: world.told[3][1].update(ambulance_id=1),
    "an event was made up": make_an_event_up,
    "an event was removed": lambda world: world.truth.events.pop(1),
    "an event was stored twice": lambda world: world.truth.events.update({4: ANSWERED}),
    "a call was lost": lambda world: world.truth.calls.pop((7, "call-1")),
    "a call was stored twice": lambda world: world.truth.calls[7, "call-1"].append(("a-3", False)),
    "a call was made up": lambda world: world.truth.calls.update({(7, "call-2"): [("a-3", False)]}),
    "an answer was lost": lambda world: world.answered.add("a-1"),
    "a tablet was superseded by itself": lambda world: world.close_codes.update({4503: 1}),
    "a tablet was refused": lambda world: world.refusals.append(401),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_mutant_is_found(mutant: str) -> None:
    world = a_world()
    MUTANTS[mutant](world)
    assert world.differences(), mutant


def test_two_ways_to_round_are_no_difference() -> None:
    world = a_world()
    world.tables["fixes"][1][1] = 28.6 + 1e-7
    assert world.differences() == []


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (None, {1, 2, 3}),
        (Filter(status=("offline",)), {2}),
        (Filter(ids=(1, 3)), {1, 3}),
        (Filter(area=Area(28.59, 77.19, 28.61, 77.21)), {1}),
        (Filter(status=("available",), area=Area(28.0, 77.0, 29.0, 78.0)), {1}),
    ],
)
def test_a_filter_lets_through_what_the_database_says(wanted: Filter | None, shown: set[int]) -> None:
    truth = a_world().truth
    truth.units[2][3] = "offline"
    assert truth.shown(wanted) == shown
    assert verdict.expected_of(truth, "fleet", wanted) == shown


def test_a_channel_of_one_ambulance_shows_it_while_it_is_there() -> None:
    truth = a_world().truth
    assert verdict.expected_of(truth, "ambulance:3", None) == {3}
    del truth.units[3]
    assert verdict.expected_of(truth, "ambulance:3", None) == set()


def hub_that_acks_what_it_loses(stream: StreamJournal, rows: dict[int, dict[str, object]]) -> None:
    stream.note_acked(4)


def hub_that_stores_another_body(stream: StreamJournal, rows: dict[int, dict[str, object]]) -> None:
    rows[2]["latitude"] = 0.0


def hub_that_stores_what_nobody_sent(stream: StreamJournal, rows: dict[int, dict[str, object]]) -> None:
    rows[5] = dict(rows[3])


def hub_that_stores_it_for_another_ambulance(stream: StreamJournal, rows: dict[int, dict[str, object]]) -> None:
    rows[1]["ambulance_id"] = 8


@pytest.mark.parametrize(
    "mutant",
    [
        hub_that_acks_what_it_loses,
        hub_that_stores_another_body,
        hub_that_stores_what_nobody_sent,
        hub_that_stores_it_for_another_ambulance,
    ],
)
def test_a_hub_that_breaks_the_rule_of_acks_is_found(
    mutant: Callable[[StreamJournal, dict[int, dict[str, object]]], None],
) -> None:
    stream = StreamJournal(ambulance_id=7)
    rows: dict[int, dict[str, object]] = {}
    for seq in (1, 2, 3, 4):
        fix = Fix(seq * 1_000_000, 28.0 + seq, 77.0)
        stream.note_sent(seq, fix)
        at = checker.EPOCH + timedelta(seconds=seq)
        rows[seq] = {"recorded_at": at, "latitude": fix.latitude, "longitude": 77.0, "ambulance_id": 7}
    del rows[4]  # sent, and neither stored nor acked: the tablet still has it
    stream.note_acked(3)
    good = Verdict()
    checker.judge(good, "name", stream, rows, set())
    assert good.faultless()
    mutant(stream, rows)
    broken = Verdict()
    checker.judge(broken, "name", stream, rows, set())
    assert not broken.faultless()
