"""`arogya audit` as somebody runs it who has to prove what happened."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path
from uuid import uuid4

from storage import audit
from storage.audit import Entry
from storage.pool import Database
from tests.arogya.cli.test_databases import run
from tests.hub.audit.world import sealer
from tests.storage import world
from tests.storage.world import Connection


async def test_a_log_that_was_changed_is_told_from_one_that_was_not(
    app_pool: Database, database: str, superuser: Connection
) -> None:
    for number in range(3):
        await audit.record(app_pool, Entry("appointments.R", "appointments", str(number)))
    await sealer(app_pool).seal()
    status, output, errors = await run("audit", "verify", "--database", database)
    assert status == 0, errors
    whole, newest = output.splitlines()
    assert whole == "entries: 3, seals: 1; all as they were written"
    noted = newest.removeprefix("the newest seal is ")
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE audit_log SET actor_id = 'somebody else' WHERE id = 2")
    status, output, errors = await run("audit", "verify", "--noted", noted, "--database", database)
    assert (status, output.splitlines()[0]) == (1, "entry 2 (seal 1) was changed")
    assert "not as it was written" in errors


async def test_an_export_holds_what_was_asked_for_and_is_an_entry_itself(
    app_pool: Database, database: str, superuser: Connection, tmp_path: Path
) -> None:
    patient, actor = await world.patient(superuser), str(uuid4())
    email = await superuser.fetchval("SELECT email::text FROM users WHERE id = $1", patient)
    for number, (who, whom) in enumerate(((actor, patient), (actor, None), ("other", patient))):
        await audit.record(
            app_pool, Entry("patients.R", "patients", str(number), actor_kind="user", actor_id=who, patient_id=whom)
        )
    file = tmp_path / "log.jsonl"
    words = ("--format", "jsonl", "--output", str(file), "--database", database)
    status, _, errors = await run("audit", "export", "--patient", email, "--actor", actor, *words)
    assert status == 0, errors
    text = await asyncio.to_thread(file.read_text)
    assert [json.loads(line)["entity_id"] for line in text.splitlines()] == ["0"]
    assert file.stat().st_mode & 0o777 == 0o600
    status, output, errors = await run("audit", "export", "--since", "2026-01-01", "--database", database)
    assert status == 0, errors
    rows = list(csv.DictReader(output.splitlines()))
    assert [row["action"] for row in rows] == ["patients.R"] * 3 + ["audit_log.R"]
    assert rows[3]["patient_id"] == str(patient)


async def test_what_cannot_be_exported_is_said(database: str, app_pool: Database) -> None:
    status, _, errors = await run("audit", "export", "--patient", "nobody@example.org", "--database", database)
    assert (status, "no account" in errors) == (1, True)
    status, _, errors = await run("audit", "export", "--patient", "7", "--database", database)
    assert (status, "neither an id nor" in errors) == (2, True)
    status, _, errors = await run("audit", "verify", "--noted", "7:ab", "--database", database)
    assert (status, "64 digits" in errors) == (2, True)
