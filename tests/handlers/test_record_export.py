"""Lists of records as CSV files."""

from __future__ import annotations

import csv
import io

import asyncpg
import pytest

from handlers import record_export
from tests.handlers.rig import Answer, Hub
from tests.handlers.test_records import book
from tests.handlers.world import World

API = "/api/v1"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx")


def _rows(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))


async def test_a_file_has_the_rows_and_columns_of_the_list(hub: Hub, world: World) -> None:
    token = world.tokens["AD"]
    place = {"latitude": 18.5, "longitude": 73.25}
    await hub.call("POST", f"{API}/facilities", token=token, json={"name": "East", "type": "clinic", "location": place})
    answer = await hub.call("GET", f"{API}/facilities.csv?sort=-name", token=token)
    rows = _rows(answer)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="facilities.csv"'
    assert [row["name"] for row in rows] == ["south", "north", "East"]
    assert (rows[2]["location_latitude"], rows[2]["location_longitude"], rows[2]["phone"]) == ("18.5", "73.25", "")
    assert rows[0]["created_at"].endswith("Z")
    public = await hub.call("GET", f"{API}/facilities.csv?type=clinic")
    assert [list(row) for row in _rows(public)] == [[name for name in rows[0] if name != "created_at"]]


async def test_a_text_that_a_spreadsheet_would_run_is_made_a_text(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    for number, text in enumerate(FORMULAS):
        await superuser.execute(
            "INSERT INTO facilities (name, type, address) VALUES ($1, 'clinic', $2)", f"F{number}", text
        )
    rows = _rows(await hub.call("GET", f"{API}/facilities.csv?search=f", token=world.tokens["AD"]))
    assert [row["address"] for row in rows] == [f"'{text}" for text in FORMULAS]


async def test_a_file_of_many_pages_is_whole_and_audited(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_export, "PAGE_ROWS", 2)
    for number in range(5):
        await superuser.execute("INSERT INTO facilities (name, type) VALUES ($1, 'clinic')", f"F{number}")
    rows = _rows(await hub.call("GET", f"{API}/facilities.csv?search=f", token=world.tokens["AD"]))
    assert [row["name"] for row in rows] == [f"F{number}" for number in range(5)]
    await book(hub, world)
    file = await hub.call("GET", f"{API}/appointments.csv?embed=patient", token=world.tokens["RC"])
    assert [row["patient.name"] for row in _rows(file)] == ["Name of PT"]
    assert "notes" not in _rows(file)[0]
    read = await superuser.fetch("SELECT patient_id FROM audit_log WHERE action = 'appointments.R'")
    assert [row["patient_id"] for row in read] == [world.users["PT"]]


async def test_a_file_is_asked_for_without_pages(hub: Hub, world: World) -> None:
    answer = await hub.call("GET", f"{API}/facilities.csv?limit=2", token=world.tokens["AD"])
    assert (answer.status, answer.code) == (422, "unknown_field")
    refused = await hub.call("GET", f"{API}/appointments.csv", token=world.tokens["TB"])
    assert (refused.status, refused.code) == (403, "forbidden")
