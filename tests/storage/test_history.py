"""Reading histories in bulk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg
import numpy as np

from hub.clock import to_us
from hub.history.track import HIDDEN_FLAGS
from hub.ingest.flags import JUMP
from storage.history import Pages, Span, read_active, read_last_of_steps, read_places
from storage.pool import Database
from tests.handlers.past import add_fixes

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


def _second(number: float) -> datetime:
    return NOW - HOUR + timedelta(seconds=number)


async def _add_ambulance(connection: asyncpg.Connection[asyncpg.Record], plate: str) -> int:
    ambulance_id: int = await connection.fetchval(
        "INSERT INTO ambulances (plate_number) VALUES ($1) RETURNING id", plate
    )
    return ambulance_id


async def test_pages_hold_every_fix_once_in_order_with_all_that_share_the_time_of_the_last(
    superuser: asyncpg.Connection[asyncpg.Record], reader: Database
) -> None:
    at = [0, 1, 1, 1, 2, 3, 3, 4]
    await add_fixes(superuser, 7, [(_second(number), 48.0 + number, 11.0, 0) for number in reversed(at)], speed=2.5)
    await add_fixes(superuser, 8, [(_second(1), 1.0, 1.0, 0)], stream_id=2)
    source = Pages(reader, 7, Span(_second(0), _second(4)), rows_max=2)
    pages = []
    while (page := await source.fixes()) is not None:
        pages.append(page)
    assert [len(page.fix_at) for page in pages] == [4, 3]
    assert np.concatenate([page.fix_at for page in pages]).tolist() == [to_us(_second(number)) for number in at[:-1]]
    assert pages[0].latitude.tolist() == [48.0, 49.0, 49.0, 49.0]
    assert pages[0].speed.tolist() == [2.5] * 4
    assert await source.fixes() is None


async def test_records_carry_every_column_and_can_be_told_apart_by_their_flags(
    superuser: asyncpg.Connection[asyncpg.Record], reader: Database
) -> None:
    rows = [(_second(0), -48.5, -11.25, 0), (_second(1), 48.0, 11.0, JUMP)]
    await add_fixes(superuser, 7, rows, heading=90.0, altitude=-3.5, received_after=timedelta(seconds=2))
    span = Span(_second(0), _second(9))
    every = await Pages(reader, 7, span, rows_max=100).records()
    assert every is not None
    stored = await superuser.fetchrow("SELECT * FROM ambulance_positions ORDER BY fix_at LIMIT 1")
    assert stored is not None
    for name, column in every._asdict().items():
        expected = stored[name]
        found = column[0].item()
        if isinstance(expected, datetime):
            assert found == to_us(expected), name
        else:
            assert found == expected or (found != found and expected != expected), name
    for hidden, flag in ((False, 0), (True, JUMP)):
        some = await Pages(reader, 7, span, rows_max=100).records(hidden=hidden, hidden_flags=HIDDEN_FLAGS)
        assert some is not None and some.flags.tolist() == [flag]


async def test_an_empty_span_has_no_page(database: str, reader: Database) -> None:
    assert await Pages(reader, 7, Span(_second(0), _second(9)), rows_max=100).fixes() is None


async def test_steps_have_their_last_sound_fix_and_late_ones_are_read_apart(
    superuser: asyncpg.Connection[asyncpg.Record], reader: Database
) -> None:
    rows = [(_second(number), float(number) / 10, 0.0, JUMP if number == 9 else 0) for number in range(20)]
    await add_fixes(superuser, 7, rows)
    await add_fixes(superuser, 7, [(_second(9.5), 5.0, 5.0, 0)], stream_id=2, received_after=HOUR / 2)
    span, late_from = Span(_second(0), _second(19)), _second(0) + HOUR / 3
    steps = await read_last_of_steps(
        reader,
        [7, 8],
        span,
        step=timedelta(seconds=10),
        received_until=late_from,
        hidden_flags=HIDDEN_FLAGS,
    )
    assert steps.latitude.tolist() == [0.8, 1.8], "9 is not believed, 19 is not in the span"
    assert steps.ambulance_id.tolist() == [7, 7]
    late = await read_places(reader, [7, 8], span, received_from=late_from, hidden_flags=HIDDEN_FLAGS)
    assert late.latitude.tolist() == [5.0]
    every = await read_places(reader, [7, 8], span, received_from=span.since, hidden_flags=HIDDEN_FLAGS)
    assert len(every.fix_at) == 19


async def test_active_are_those_that_were_heard_in_a_span_or_shortly_before(
    superuser: asyncpg.Connection[asyncpg.Record], reader: Database
) -> None:
    inside, before, long_ago, hidden, _silent = [await _add_ambulance(superuser, plate) for plate in "ABCDE"]
    await add_fixes(superuser, inside, [(_second(5), 1.0, 1.0, 0)])
    await add_fixes(superuser, before, [(_second(-60), 2.0, 3.0, 0), (_second(-30), 4.0, 5.0, 0)], stream_id=2)
    await add_fixes(superuser, long_ago, [(_second(-700), 1.0, 1.0, 0)], stream_id=3)
    await add_fixes(superuser, hidden, [(_second(5), 1.0, 1.0, JUMP)], stream_id=4)
    span = Span(_second(0), _second(10))
    found = await read_active(reader, span, earliest=_second(-600), hidden_flags=HIDDEN_FLAGS)
    assert [tuple(one) for one in found] == [(inside, None, None, None), (before, _second(-30), 4.0, 5.0)]
