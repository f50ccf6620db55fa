"""Lists are stored whole or not at all, and every wrong line is named."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from arogya.importing.journey import KINDS, Checked, compare, keep, read, total
from arogya.importing.lists import Mistake
from arogya.importing.sheet import SheetError
from storage.errors import Conflict
from storage.pool import Database

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FACILITIES = "name,type,address,phone,time_zone,latitude,longitude\n"
PEOPLE = "role,name,email,date_of_birth,license_number,facility,staff_role,duty\n"
AMBULANCES = "plate_number;driver_name;capability;facility;base_latitude;base_longitude\n"


async def looked(db: Database, kind: str, path: Path, text: str, *, encoding: str = "utf-8") -> Checked:
    """Write a file, read it and compare it."""
    seen: list[tuple[int, int]] = []
    await asyncio.to_thread(path.write_text, text, encoding)
    read_ = await asyncio.to_thread(read, KINDS[kind], path, lambda done, of: seen.append((done, of)))
    assert seen and seen[-1][0] == seen[-1][1]
    return await compare(db, KINDS[kind], read_)


async def stored(db: Database, kind: str, found: Checked) -> int:
    counts: list[int] = []
    await keep(db, KINDS[kind], found.records, NOW, counts.append)
    assert sum(counts) == total(KINDS[kind], found.records)
    return sum(counts)


async def test_three_lists_one_after_the_other(
    app_pool: Database, tmp_path: Path, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    path = tmp_path / "list.csv"
    text = FACILITIES + 'City Hospital,hospital,"1 Road, Pune",+91 20 1,Asia/Kolkata,18.5,73.8\nCorner,clinic,,,,,\n'
    found = await looked(app_pool, "facilities", path, text, encoding="utf-8-sig")
    assert found.mistakes == [] and await stored(app_pool, "facilities", found) == 4
    text = PEOPLE + (
        "patient,Asha Kumar,asha@example.org,1984-05-17,,,,\n"
        "doctor,Dr Rao,rao@example.org,,L-1,,,\n\n"
        "staff,Mina Desk,mina@example.org,,,City Hospital,receptionist,dispatcher\n"
    )
    found = await looked(app_pool, "people", path, text)
    assert found.mistakes == [] and await stored(app_pool, "people", found) == 9
    found = await looked(app_pool, "ambulances", path, AMBULANCES + "MH-1;Anil;advanced;Corner;18.5;73.8\nMH-2;;;;;\n")
    assert found.mistakes == [] and await stored(app_pool, "ambulances", found) == 4
    row = await superuser.fetchrow(
        "SELECT u.role, u.password, s.role AS desk, s.duty, f.name FROM users u JOIN staff s ON s.id = u.id"
        " JOIN facilities f ON f.id = s.facility_id"
    )
    assert row is not None and tuple(row) == ("staff", None, "receptionist", "dispatcher", "City Hospital")
    assert await superuser.fetchval("SELECT base_location[0] FROM ambulances WHERE plate_number = 'MH-1'") == 73.8
    audited = await superuser.fetch("SELECT action, count(*), count(patient_id) FROM audit_log GROUP BY 1 ORDER BY 1")
    assert [tuple(line) for line in audited] == [("ambulances.C", 2, 0), ("facilities.C", 2, 0), ("users.C", 3, 1)]


async def test_every_wrong_line_is_named_with_its_column(app_pool: Database, tmp_path: Path) -> None:
    text = PEOPLE + (
        "patient,,nobody,1984-02-30,,,,\n"
        "patient,A,a@example.org,,L-1,,,\n"
        "staff,B,b@example.org,,,Nowhere,receptionist,\n"
        "staff,C,c@example.org,,,,,\n"
        "patient,D,A@example.org,,,,,\n"
        "patient,E,e@example.org,,,,,,,extra\n"
        "king,F,f@example.org,,,,,\n"
    )
    found = await looked(app_pool, "people", tmp_path / "people.csv", text)
    assert [(mistake.line, mistake.column) for mistake in found.mistakes] == [
        (2, "date_of_birth"),
        (2, "email"),
        (2, "name"),
        (3, "license_number"),
        (4, "facility"),
        (5, "facility"),
        (5, "staff_role"),
        (7, ""),
        (8, "role"),
    ]
    assert Mistake(2, "date_of_birth", "must be a day that exists, written like 1984-05-17") in found.mistakes
    assert any(one.line == 4 and "letter for letter" in one.says for one in found.mistakes)


async def test_what_is_there_twice_or_already_is_said(app_pool: Database, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    text = AMBULANCES + "MH-1;;;;;\nmh-1;;;;;\nMH-2;;;;;91\n"
    found = await looked(app_pool, "ambulances", path, text)
    assert [(one.line, one.column, one.says) for one in found.mistakes] == [
        (3, "plate_number", "is the same as in line 2"),
        (4, "base_latitude", "is empty although base_longitude is not"),
    ]
    await stored(app_pool, "ambulances", await looked(app_pool, "ambulances", path, AMBULANCES + "MH-1;;;;;\n"))
    again = await looked(app_pool, "ambulances", path, AMBULANCES + "MH-1;;;;;\nMH-3;;;;;\n")
    assert again.mistakes == [Mistake(2, "plate_number", "is on an ambulance already")]


async def test_a_race_stores_nothing(
    app_pool: Database, tmp_path: Path, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    found = await looked(app_pool, "ambulances", tmp_path / "list.csv", AMBULANCES + "MH-1;;;;;\nMH-2;;;;;\n")
    await superuser.execute("INSERT INTO ambulances (plate_number) VALUES ('MH-2')")
    with pytest.raises(Conflict):
        await keep(app_pool, KINDS["ambulances"], found.records, NOW, lambda _count: None)
    assert await superuser.fetchval("SELECT count(*) FROM ambulances") == 1
    assert await superuser.fetchval("SELECT count(*) FROM audit_log") == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("plate_number,colour\nMH-1,red\n", "there is no column 'colour'"),
        ("driver_name\nAnil\n", "the column 'plate_number' is missing"),
        ("plate_number,plate_number\nMH-1,MH-1\n", "is there twice"),
        ("plate_number\n", "there are no lines below"),
        ('plate_number\n"MH-1\n', "not a CSV file"),
    ],
)
async def test_a_file_that_is_no_list_says_why(app_pool: Database, tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SheetError, match=says):
        await looked(app_pool, "ambulances", tmp_path / "list.csv", text)


async def test_a_file_in_another_encoding_says_how_to_save_it(app_pool: Database, tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="CSV UTF-8"):
        await looked(app_pool, "ambulances", tmp_path / "list.csv", "plate_number\nMÜ-1\n", encoding="latin-1")
