"""What the engine and the advisor look at, as either role reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.dispatch import decisions, picture
from storage.dispatch.decisions import NewDecision
from storage.pool import Database
from tests.storage.world import NINE, Connection, ambulance, insert, tablet


@pytest.fixture(params=["reader", "app_pool"])
def db(request: pytest.FixtureRequest) -> Database:
    """Either role: the engine has the one, and people ask by the other."""
    found: Database = request.getfixturevalue(request.param)
    return found


async def test_units_come_with_the_tablets_that_can_take_an_offer(db: Database, superuser: Connection) -> None:
    first, second = await ambulance(superuser), await ambulance(superuser)
    await superuser.execute("UPDATE ambulances SET base_location = point(73.8, 18.5) WHERE id = $1", first)
    mine = await tablet(superuser, first)
    await insert(superuser, "devices", kind="tablet", name="OwnTracks", ambulance_id=first, protocol="owntracks")
    await superuser.execute("UPDATE devices SET revoked_at = now() WHERE id = $1", await tablet(superuser, second))
    found = {row.id: row for row in await picture.units(db)}
    assert (found[first].tablet_ids, found[first].base_latitude, found[first].base_longitude) == ([mine], 18.5, 73.8)
    assert (found[second].tablet_ids, found[second].base_latitude) == ([], None)


async def test_open_requests_come_with_everybody_who_was_asked(db: Database, superuser: Connection) -> None:
    unit = await ambulance(superuser)
    urgent = await insert(superuser, "ambulance_requests", priority=1, requested_at=NINE + timedelta(minutes=5))
    older = await insert(superuser, "ambulance_requests", priority=2, requested_at=NINE)
    closed = await insert(superuser, "ambulance_requests", priority=1, status="completed", closed_at=NINE)
    for request_id, status in ((older, "declined"), (closed, "cleared")):
        times = {f"{status}_at": NINE + timedelta(minutes=1), "offered_at": NINE}
        await insert(superuser, "assignments", request_id=request_id, ambulance_id=unit, status=status, **times)
    assert [request.id for request in await picture.open_requests(db)] == [urgent, older]
    [asked] = await picture.assignments(db)
    assert (asked.request_id, asked.status, asked.declined_at) == (older, "declined", NINE + timedelta(minutes=1))


async def test_demand_is_counted_by_cell(db: Database, superuser: Connection) -> None:
    for n, latitude in enumerate((18.501, 18.509, 18.511)):
        await superuser.execute(
            "INSERT INTO ambulance_requests (pickup_location, requested_at) VALUES (point(73.805, $1), $2)",
            latitude,
            NINE + timedelta(minutes=n),
        )
    cells = await picture.demand(db, since=NINE - timedelta(days=1), cells_max=9)
    assert [(round(cell.latitude, 4), cell.calls, cell.first_at) for cell in cells] == [
        (18.505, 2, NINE),
        (18.515, 1, NINE + timedelta(minutes=2)),
    ]
    assert await picture.demand(db, since=NINE + timedelta(days=1), cells_max=9) == []


async def test_posts_are_stations_and_bases_elsewhere(db: Database, superuser: Connection) -> None:
    await superuser.execute("INSERT INTO places (name, kind, location) VALUES ('Post 1', 'station', point(73.8, 18.5))")
    for longitude in (73.8, 73.9, 73.9):
        unit = await ambulance(superuser)
        await superuser.execute("UPDATE ambulances SET base_location = point($2, 18.5) WHERE id = $1", unit, longitude)
    found = await picture.posts(db, posts_max=9)
    assert [(post.name[:11], post.longitude) for post in found] == [("Post 1", 73.8), ("the base of", 73.9)]


async def test_a_unit_without_anything_sent_shows_no_sign_of_life(db: Database, superuser: Connection) -> None:
    unit = await ambulance(superuser)
    assert await picture.signs_of_life(db, [unit], since=NINE) == frozenset()
    assert await picture.signs_of_life(db, [], since=NINE) == frozenset()


async def test_a_decision_is_kept_as_it_was_made(app_pool: Database, reader: Database) -> None:
    new = NewDecision(None, None, NINE, "relocate", "line", 1.5, {"posts": 2}, [{"ambulance_id": 1}], "Stay.")
    key = await decisions.insert(app_pool, new)
    found = await decisions.find(reader, key)
    assert found is not None
    assert found[1:] == new
    assert await decisions.newest_advice(reader, after=NINE - timedelta(days=1)) == found
    assert await decisions.newest_advice(reader, after=NINE) is None
