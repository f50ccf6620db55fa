"""Who may watch which channel, with which fields, by the lines of the access matrix."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hub.access.policy import CODES, rules_of
from hub.access.principal import Principal
from hub.errors import NotFound
from hub.live.board import FleetBoard, Unit
from hub.live.directory import Directory
from hub.live.view import FULL, View, view_of
from tests.hub.live.judge import Granted

PATIENT = view_of(frozenset({"plate_number", "current_location", "eta"}))
FACILITY = view_of(frozenset({"status", "eta"}))
BOARD = ({"RC", "DP"}, {"SA", "SV"}, {"AD"})


class Desk:
    """Two ambulances, of which those who have to be judged may watch the first."""

    def __init__(self) -> None:
        self.board = FleetBoard()
        for key in (1, 2):
            self.board.upsert_unit(Unit(key, f"A-{key}", None, "available"))
        self.board.channel.advance()
        self.judge = Granted(1, 99)
        self.learned: list[int] = []  # the ambulances that it asked the database for
        self.directory = Directory(self.board.channel, self.judge, self.learn)

    async def learn(self, ambulance_id: int) -> bool:
        """Read an ambulance that the board has not heard of."""
        self.learned.append(ambulance_id)
        return ambulance_id == 3

    async def view(self, name: str, codes: set[str], ambulance_id: int | None = None) -> View | None:
        """Return how somebody sees a channel, None where they do not."""
        caller = Principal(frozenset(codes), user_id=uuid4(), facility_id=uuid4(), ambulance_id=ambulance_id)
        try:
            channel, view = await self.directory.find(caller, name)
        except NotFound as refused:
            assert refused.detail == "there is no such channel"
            return None
        assert channel is self.board.channel
        return view


async def test_the_fleet_is_for_those_who_see_all_of_it() -> None:
    desk = Desk()
    for codes in BOARD:
        assert await desk.view("fleet", codes) is FULL
    for codes in ({"PT"}, {"DR"}, {"RC"}, {"SA"}, {"TB"}, {"PX"}, {"AN"}):
        assert await desk.view("fleet", codes, 1) is None
    assert desk.judge.questions == 0


async def test_one_ambulance_is_seen_as_the_matrix_lets_each_of_them() -> None:
    desk = Desk()
    for codes in BOARD:
        assert await desk.view("ambulance:2", codes) is FULL
    assert await desk.view("ambulance:1", {"TB"}, 1) is FULL
    assert await desk.view("ambulance:2", {"TB"}, 1) is None
    assert await desk.view("ambulance:1", {"TB"}, None) is None
    assert desk.judge.questions == 0, "the database is asked only about those who see some"
    assert await desk.view("ambulance:1", {"PT"}) is PATIENT
    for code in ("DR", "RC", "SA"):
        assert await desk.view("ambulance:1", {code}) is FACILITY
    for codes in ({"PT"}, {"DR"}, {"RC"}, {"SA"}):
        assert await desk.view("ambulance:2", codes) is None
    assert desk.judge.questions == 8
    for codes in ({"PX"}, {"AN"}, {"SY"}, set[str]()):
        assert await desk.view("ambulance:1", codes, 1) is None


async def test_an_ambulance_that_is_not_there_is_nobodys() -> None:
    desk = Desk()
    for codes in (*BOARD, {"PT"}, {"DR"}, {"TB"}):
        assert await desk.view("ambulance:99", codes, 99) is None
    assert desk.learned == [99] * 6


async def test_an_ambulance_that_is_too_young_for_the_board_is_read_for_those_who_may_watch_it() -> None:
    desk = Desk()
    for codes in ({"PT"}, {"DR"}, {"AN"}):
        assert await desk.view("ambulance:3", codes, 3) is None
    assert desk.learned == []
    assert await desk.view("ambulance:3", {"TB"}, 3) is FULL
    assert await desk.view("ambulance:3", {"SV"}) is FULL
    assert desk.learned == [3, 3]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            ":",
            "fleet:",
            "fleet:1",
            "Fleet",
            "ambulance",
            "ambulance:",
            "ambulance:0",
            "ambulance:01",
            "ambulance:+1",
        ),
        *("ambulance:-1", "ambulance:1.0", "ambulance:1:2", "ambulance:1 ", "ambulance:\u0661", "ambulance:\u00b9"),
        *(
            "ambulance:" + "9" * 54,
            f"ambulance:{2**53}",
            "ambulance:null",
            "ambulance:1e0",
            "dispatch",
            "inbox",
            "x" * 64,
        ),
    ],
)
async def test_a_name_that_is_none_is_not_found_by_anybody(name: str) -> None:
    desk = Desk()
    for codes in (*BOARD, {"PT"}, {"TB"}):
        assert await desk.view(name, codes, 1) is None


async def test_whose_right_ended_is_found_with_one_question_for_all() -> None:
    desk = Desk()
    patient, doctor = (Principal(frozenset({code}), user_id=uuid4()) for code in ("PT", "DR"))
    desk.judge.ambulances = {1, 2}
    watched = [(patient, "ambulance:1"), (doctor, "ambulance:2"), (doctor, "ambulance:1")]
    assert await desk.directory.ended(watched) == set()
    desk.judge.ambulances = {2}
    assert await desk.directory.ended(watched) == {0, 2}
    assert desk.judge.questions == 2


def test_the_line_of_the_channel_and_that_of_the_table_speak_of_the_same_rows() -> None:
    for code in CODES:
        channel, table = (
            [rule.scope for rule in rules_of(action) if rule.code == code]
            for action in ("live.ambulance", "ambulances.R")
        )
        assert channel == table, code
