"""The protocol page says what the code does: messages, fields, codes and limits, each in both directions."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from arogya.config import SECTIONS
from hub.live.area import TILES_MAX
from hub.outcomes import OUTCOMES
from hub.protocol import limits
from hub.protocol.codec import Encodable
from hub.protocol.device_frames import COMMAND_STATUSES, FROM_DEVICE, SKIP_REASONS, CommandAck, Data, LiveHint, Skip
from hub.protocol.filter import STATUSES, Area, Filter
from hub.protocol.fix import Fix
from hub.protocol.hub_frames import FROM_HUB, Ack, Command, Error, Nack, Welcome
from hub.protocol.live_frames import FROM_LIVE, Delta, Events, LiveWelcome, Part, Snapshot
from hub.protocol.motion_frames import MotionData
from hub.protocol.ping import Ping, Pong
from hub.protocol.report_bodies import DUTIES, STAGES
from hub.protocol.report_bodies import KINDS as KINDS_OF_REPORTS
from hub.protocol.reports import REPORT_STATUSES, Report, ReportAck
from hub.protocol.stream_frames import STREAM_KINDS, Hello, Open, Opened, RefusedClaim, StreamClaim, StreamMark
from hub.protocol.viewer_frames import FROM_VIEWER, Subscribe, Unsubscribe
from tests.protocol.page import PAGE, code, messages, number, section, tables

FIX = Fix(1, 2.0, 3.0)
MOTION = StreamClaim("0" * 32, "motion", UUID(int=1), ("left_knee_flexion",))
REFUSED = RefusedClaim("l", "c", "d")
# The least and the most that each record writes, by the section that describes it.
RECORDS: dict[str, list[tuple[Encodable, ...]]] = {
    "What devices say": [
        (Hello((StreamClaim("0" * 32),)), Hello((MOTION,), device=1, agent="a")),
        (Open((StreamClaim("0" * 32),)), Open((MOTION,))),
        (Data(1, 1, 1, [FIX]), Data(1, 1, 1, [FIX])),
        (
            MotionData(1, 1, 1, 1, 1, b"\0\0\0\0", 1),
            MotionData(1, 1, 1, 1, 1, b"\0\0\0\0", 1, repetition=1),
            MotionData(1, 1, 1, 1, 1, b"\0\0\0\0", offsets_us=[0]),
        ),
        (LiveHint(1, 1, 1, FIX), LiveHint(1, 1, 1, FIX)),
        (Skip(1, 1, 2, "expired"), Skip(1, 1, 2, "expired")),
        (CommandAck("a", "done"), CommandAck("a", "done", "b")),
        (Report("a", "k", 1, 1), Report("a", "k", 1, 1, {"f": 1})),
        (Ping(1), Ping(1)),
    ],
    "What the hub says to devices": [
        (
            Welcome(1, "s", (StreamMark("l", 1, 1, 0),), 1, 1.0, 1),
            Welcome(1, "s", (StreamMark("l", 1, 1, 0),), 1, 1.0, 1, (REFUSED,)),
        ),
        (Opened((StreamMark("l", 1, 1, 0),)), Opened((StreamMark("l", 1, 1, 0),), (REFUSED,))),
        (Ack([[1, 1]], 1), Ack([[1, 1]], 1)),
        (Nack(1, expected=1), Nack(1, expected=1)),
        (Nack(1, seq=1, code="c", detail="d"), Nack(1, seq=1, code="c", detail="d", to=2)),
        (Command("a", "k"), Command("a", "k")),
        (ReportAck("a", "done"), ReportAck("a", "refused", "c", "d", {"f": "s"})),
        (Pong(1, 1), Pong(1, 1)),
        (Error("c", "d"), Error("c", "d", "channel")),
    ],
    "What viewers say": [
        (Subscribe("c"), Subscribe("c", "e", 1, Filter(("available",), (1,), Area(0.0, 0.0, 1.0, 1.0)))),
        (Unsubscribe("c"), Unsubscribe("c")),
        (Ping(1), Ping(1)),
    ],
    "What the hub says to viewers": [
        (LiveWelcome("s", 1.0, 1), LiveWelcome("s", 1.0, 1)),
        (Snapshot("c", "e", 1, 1, {}), Snapshot("c", "e", 1, 1, {})),
        (Delta("c", "e", 1, 2, 1), Delta("c", "e", 1, 2, 1, {"t": [[1]]}, {"t": [2]})),
        (Part("c"), Part("c", {"t": [[1]]}, {"t": [2]})),
        (Events("c", "e", 1, 1, 1, []), Events("c", "e", 1, 2, 1, [[2, 1, "k", {"f": 1}]])),
        (Pong(1, 1), Pong(1, 1)),
        (Error("c", "d"), Error("c", "d", "channel")),
    ],
}
KINDS: dict[str, Mapping[str, Callable[..., Encodable]]] = {
    "What devices say": FROM_DEVICE,
    "What the hub says to devices": FROM_HUB,
    "What viewers say": FROM_VIEWER,
    "What the hub says to viewers": FROM_LIVE,
}


def fields_of(message: Encodable) -> set[str]:
    """Return the names of a message's fields, those of objects in arrays as `streams[].acked`."""
    names: set[str] = set()
    for name, value in message.wire().items():
        names.add(name)
        inner: Any = value[0] if isinstance(value, list) and value else None
        if isinstance(inner, dict):
            names |= {f"{name}[].{key}" for key in inner}
    return names


@pytest.mark.parametrize("title", RECORDS)
def test_every_message_and_field_is_described_and_none_besides(title: str) -> None:
    described = messages(title)
    records = RECORDS[title]
    assert [name for name, _ in described] == [str(shapes[0].wire()["type"]) for shapes in records]
    for (name, table), shapes in zip(described, records, strict=True):
        fields = [fields_of(shape) for shape in shapes]
        assert {code(row[0]) for row in table} == set.union(*fields), name
        assert {code(row[0]) for row in table if row[2] == "yes"} == set.intersection(*fields), name
        assert {row[2] for row in table} <= {"yes", "no"}
        assert table[0][3] == f'`"{name}"`'
        for shape in shapes:
            assert KINDS[title][name](shape.wire()).wire() == shape.wire()


@pytest.mark.parametrize("title", RECORDS)
def test_every_kind_that_is_read_is_described(title: str) -> None:
    assert {name for name, _ in messages(title)} == set(KINDS[title])


def test_every_closed_list_of_values_is_described() -> None:
    said = section("What devices say")
    for value in STREAM_KINDS | SKIP_REASONS | COMMAND_STATUSES:
        assert f'`"{value}"`' in said
    assert all(f'`"{status}"`' in section("What the hub says to devices") for status in REPORT_STATUSES)


def test_every_kind_of_report_is_described_with_its_fields() -> None:
    (table,) = [rows for rows in tables(section("A device's connection")) if code(rows[0][0]) == "seen"]
    assert {code(row[0]) for row in table} == KINDS_OF_REPORTS
    told = {code(row[0]): row[1] for row in table}
    assert all(f'`"{stage}"`' in told["stage"] for stage in STAGES)
    assert all(f'`"{duty}"`' in told["duty"] for duty in DUTIES)


def test_every_condition_of_a_filter_is_described() -> None:
    (table,) = [rows for rows in tables(section("Viewers")) if code(rows[0][0]) == "status"]
    assert [code(row[0]) for row in table] == [condition.name for condition in dataclasses.fields(Filter)]
    said = section("Viewers")
    assert {status for status in STATUSES if f"`{status}`" in said} == STATUSES
    assert f"up to {TILES_MAX}" in said and f"at most {limits.FILTER_CELLS_MAX:,}" in said
    assert f"1 to {limits.FILTER_IDS_MAX} integers" in said and f"1 to {len(STATUSES)} statuses" in said


def test_a_fix_is_described_element_by_element() -> None:
    table = tables(section("What devices say"))[-1]
    assert [code(row[1]) for row in table] == list(Fix._fields)
    assert [int(row[0]) for row in table] == list(range(8))
    bounds = {
        "latitude": (-limits.LATITUDE_MAX, limits.LATITUDE_MAX),
        "longitude": (-limits.LONGITUDE_MAX, limits.LONGITUDE_MAX),
        "speed": (0.0, limits.SPEED_MAX),
        "heading": (0.0, limits.HEADING_MAX),
        "accuracy": (0.0, limits.ACCURACY_MAX),
        "altitude": (limits.ALTITUDE_MIN, limits.ALTITUDE_MAX),
    }
    for row in table[1:7]:
        low, _, high = row[3].split(";")[0].partition(" to ")
        assert (number(low), number(high)) == bounds[code(row[1])]


def test_the_error_codes_are_those_of_the_table_of_outcomes() -> None:
    (table,) = tables(section("Error codes"))
    assert [[code(row[0]), row[1], int(row[2]), int(row[3]), row[4] == "yes"] for row in table] == [
        [known.code, known.title, known.status, known.close, known.retry] for known in OUTCOMES.values()
    ]


def test_every_close_code_says_what_to_do() -> None:
    (table,) = tables(section("Endings"))
    told = {int(part): row[2] for row in table for part in row[0].replace("none", "").split(",") if part.strip()}
    for known in OUTCOMES.values():
        expected = "stay away" if 4500 <= known.close < 5000 or known.close in (1003, 1009) else "come back"
        assert told[known.close].startswith(expected), known
    for prescribed in (1002, 1007):
        assert told[prescribed].startswith("stay away")


def test_the_limits_of_the_protocol_are_those_of_the_code() -> None:
    table = tables(section("Limits"))[0]
    known = {name: value for name, value in vars(limits).items() if name.isupper() and isinstance(value, int | float)}
    assert {code(row[0]): number(row[1]) for row in table} == known


def test_the_limits_of_a_configuration_are_its_defaults() -> None:
    for name, default, _ in tables(section("Limits"))[1]:
        part, _, key = code(name).partition(".")
        assert getattr(SECTIONS[part](), key) == number(default), name


def test_the_subprotocols_are_those_of_the_code() -> None:
    table = tables(section("Connecting"))[1]
    assert [code(row[0]) for row in table] == [limits.SUBPROTOCOL_JSON, limits.SUBPROTOCOL_MSGPACK]
    assert f'"{limits.TICKET_PREFIX}" + ticket' in PAGE


def test_every_link_within_the_page_leads_somewhere() -> None:
    headings = {line.lstrip("# ").replace("`", "") for line in PAGE.splitlines() if line.startswith("#")}
    anchors = {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}
    for target in [part.split(")")[0] for part in PAGE.split("](#")[1:]]:
        assert target in anchors
