"""Holds screens, tablets and clerks against the truth; every sentence that comes out is a broken promise. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from hub.protocol.filter import Filter
from tests.chaos.tablet import STAY_AWAY
from tests.chaos.truth import MAP_DIGITS, Truth

ALARM_AT = 7  # place in a row of fixes
PLACE_STEP = 1.01 * 10**-MAP_DIGITS  # degrees: two ways to round are one step apart at most

Events = Mapping[int, tuple[str, Mapping[str, object]]]
Tables = Mapping[str, Mapping[object, list[object]]]  # what a screen shows of a channel: table → key → row


def picture(truth: Truth, tables: Tables, expected: Collection[int]) -> Iterator[str]:
    """Compare what a screen shows with the ambulances that it should show."""
    units, fixes = tables.get("units", {}), tables.get("fixes", {})
    for key in sorted(set(units) | set(expected), key=str):
        if key not in units:
            yield f"ambulance {key} is missing"
        elif key not in expected:
            yield f"ambulance {key} should not be here"
        elif units[key] != truth.units[key]:  # type: ignore[index]  # expected has ints
            yield f"ambulance {key} is {units[key][1:]}, not {truth.units[key][1:]}"  # type: ignore[index]
    for key in sorted(set(expected) & truth.places.keys()):
        yield from _marker(truth, key, fixes.get(key))
    for key in sorted(set(fixes) - (set(expected) & truth.places.keys()), key=str):
        yield f"the marker of ambulance {key} should not be here"


def _marker(truth: Truth, key: int, row: list[object] | None) -> Iterator[str]:
    if row is None:
        yield f"ambulance {key} has no marker"
        return
    if not _near((row[1], row[2]), truth.places[key]):
        yield f"ambulance {key} is shown at {row[1:3]}, not {truth.places[key]}"
    if (row[ALARM_AT] or 0) != truth.alarm_at.get(key, 0):
        yield f"ambulance {key} has the alarm {row[ALARM_AT]}, not {truth.alarm_at.get(key)}"


def followed(truth: Truth) -> Iterator[str]:
    """Compare `ambulances.current_location` with the newest stored samples."""
    for key, place in truth.places.items():
        found = truth.followed.get(key)
        if found is None or not _near(found[:2], place):
            yield f"current_location of ambulance {key} is {found}, not {place}"


def events(truth: Truth, told: Events, order: list[int], offset: int) -> Iterator[str]:
    """Compare what a viewer was told with what is stored; `order` holds the offsets as they came."""
    if order != sorted(set(order)):
        yield f"events came twice or out of order: {order[-20:]}"
    first = order[0] if order else offset + 1
    head = max(truth.events, default=0)
    missing = [number for number in range(first, head + 1) if number not in told]
    if missing or offset != head:
        yield f"told up to event {offset} of {head}; missing {missing[:10]}"
    for number, event in told.items():
        if truth.events.get(number) != event:
            yield f"event {number} was told as {event}, and is {truth.events.get(number)}"


def happened(truth: Truth) -> Iterator[str]:
    """Hold the stored alarms against the stored events: each is raised once, and answered once if it is."""
    head = max(truth.events, default=0)
    if sorted(truth.events) != list(range(1, head + 1)):
        yield f"the stored events have holes below {head}"
    said = Counter((kind, str(body["id"])) for kind, body in truth.events.values())
    rows = [row for rows in truth.calls.values() for row in rows]
    expected = Counter(("raised", alarm_id) for alarm_id, _ in rows)
    expected.update(("acknowledged", alarm_id) for alarm_id, answered in rows if answered)
    if said != expected:
        yield f"events without their alarm: {said - expected}; alarms without their event: {expected - said}"


def calls(truth: Truth, device_id: int, made: Collection[str]) -> Iterator[str]:
    """Compare the calls for help of a device with the stored ones."""
    for alarm_id in made:
        rows = truth.calls.get((device_id, alarm_id), [])
        if len(rows) != 1:
            yield f"device {device_id} called {alarm_id}, which is stored {len(rows)} times"
    for device, alarm_id in truth.calls:
        if device == device_id and alarm_id not in made:
            yield f"device {device_id} never called {alarm_id}"


def answers(truth: Truth, answered: Collection[str]) -> Iterator[str]:
    """Compare the alarms that a hub said are acknowledged with the stored ones."""
    stored = {alarm_id for rows in truth.calls.values() for alarm_id, done in rows if done}
    for alarm_id in set(answered) - stored:
        yield f"alarm {alarm_id} was answered, and is open"


def stays_away(name: str, close_codes: Mapping[int, int], refusals: Collection[int]) -> Iterator[str]:
    """Name what keeps a real client away for minutes though it did nothing wrong."""
    for code, times in close_codes.items():
        if STAY_AWAY <= code < 5_000:
            yield f"{name} was closed with {code}, {times} times"
    for status in sorted(set(refusals)):
        yield f"{name} was refused with HTTP {status}"


def expected_of(truth: Truth, channel: str, wanted: Filter | None) -> set[int]:
    """Return the ambulances that a channel of state shows."""
    kind, _, number = channel.partition(":")
    return truth.shown(wanted) if kind == "fleet" else {int(number)} & truth.units.keys()


def _near(found: tuple[object, ...], place: tuple[float, float]) -> bool:
    return all(
        isinstance(here, float) and abs(here - there) <= PLACE_STEP for here, there in zip(found, place, strict=True)
    )
