"""People in the database: races for the last administrator, and persons who become nobody."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest

from storage import audit, people, pseudonyms
from storage.break_glass import Breaking, break_glass
from storage.errors import Conflict
from storage.people import NO_ADMIN, Person
from storage.pool import Database
from tests.hub.audit.world import sealer, verified
from tests.storage import world
from tests.storage.world import Connection

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def person(db: Database, user_id: object) -> Person:
    found = await people.find(db, UUID(str(user_id)), None)
    assert found is not None
    return found


def entry(actor: Person, whom: Person) -> audit.Entry:
    return audit.Entry("users.U.disabled", "users", str(whom.id), actor_kind="user", actor_id=str(actor.id))


async def test_of_three_administrators_who_depose_each_other_at_once_one_stays(
    app_pool: Database, superuser: Connection
) -> None:
    ids = [
        await world.insert(superuser, "users", name="A", email=f"a{number}@hub.test", role="admin")
        for number in range(3)
    ]
    admins = [await person(app_pool, user_id) for user_id in ids]

    async def depose(actor: Person, whom: Person) -> str:
        try:
            await people.disable(app_pool, whom, NOW, entry(actor, whom))
        except Conflict as conflict:
            return conflict.constraint
        return "done"

    pairs = zip(admins, (*admins[1:], admins[0]), strict=True)  # each the next one
    results = await asyncio.gather(*(depose(*pair) for pair in pairs))
    assert sorted(results) == ["done", "done", NO_ADMIN]
    assert await superuser.fetchval("SELECT count(*) FROM users WHERE disabled_at IS NULL") == 1


async def test_nobody_is_dealt_with_as_what_they_are_not_any_more(app_pool: Database, superuser: Connection) -> None:
    facility_id = await world.facility(superuser)
    user_id = await world.insert(superuser, "users", name="R", email="r@hub.test", role="staff")
    await world.insert(superuser, "staff", id=user_id, facility_id=facility_id, role="receptionist")
    judged = await person(app_pool, user_id)
    await superuser.execute("UPDATE staff SET role = 'admin' WHERE id = $1", user_id)
    with pytest.raises(Conflict, match=people.CHANGED):
        await people.disable(app_pool, judged, NOW, entry(judged, judged))
    assert await superuser.fetchval("SELECT disabled_at FROM users WHERE id = $1", user_id) is None


async def test_a_person_becomes_nobody_and_the_record_stays(
    app_pool: Database, reader: Database, superuser: Connection
) -> None:
    patient, other = await world.patient(superuser), await world.doctor(superuser)
    admin = await world.insert(superuser, "users", name="Asha", email="asha@hub.test", role="admin")
    name = "Priya Marker"
    await superuser.execute(
        "UPDATE users SET name = $2, email = 'priya@marker.test', phone = '+91 marker', password = 'x' WHERE id = $1",
        patient,
        name,
    )
    await superuser.execute(
        "UPDATE patients SET address = 'Marker Road', date_of_birth = '1984-05-17', blood_type = 'B+' WHERE id = $1",
        patient,
    )
    await world.appointment(superuser, patient_id=patient, doctor_id=other)
    await world.insert(superuser, "messages", sender_id=patient, receiver_id=other, content="it is me, Priya Marker")
    await world.insert(superuser, "messages", sender_id=other, receiver_id=patient, content="dear Priya Marker")
    await world.insert(superuser, "notifications", user_id=patient, type="x", message="Priya Marker, come")
    request_id = await world.insert(
        superuser,
        "ambulance_requests",
        patient_id=patient,
        caller="Marker",
        callback_number="marker",
        pickup_location=(73.85671, 18.52043),
    )
    await _crew_of(superuser, request_id)
    await superuser.execute("SELECT append_channel_event($1, now(), 'message', $2)", f"inbox:{other}", _event(patient))
    await audit.record(app_pool, audit.Entry("patients.R", "patients", str(patient), patient_id=patient))
    await sealer(app_pool).seal()
    before = await superuser.fetch("SELECT * FROM audit_log ORDER BY id")
    whom = await person(app_pool, patient)
    await pseudonyms.pseudonymise(app_pool, whom, NOW, entry(await person(app_pool, admin), whom))

    assert "marker" not in (await _everything(superuser)).casefold()
    row = await superuser.fetchrow("SELECT * FROM users JOIN patients USING (id) WHERE id = $1", patient)
    assert row is not None
    assert (row["name"], row["email"], row["password"]) == (f"Former patient {str(patient)[:8]}", None, None)
    assert (str(row["date_of_birth"]), row["blood_type"], row["disabled_at"]) == ("1984-01-01", "B+", NOW)
    assert await superuser.fetchval("SELECT count(*) FROM appointments WHERE patient_id = $1", patient) == 1
    assert (await superuser.fetch("SELECT * FROM audit_log ORDER BY id"))[: len(before)] == before
    await sealer(app_pool).seal()
    assert (await verified(reader)).faults == []
    with pytest.raises(Conflict, match=people.NOBODY):
        await people.enable(app_pool, whom, entry(await person(app_pool, admin), whom))


async def _crew_of(superuser: Connection, request_id: object) -> None:
    """Let a crew have had a call, and have written about it."""
    unit = await world.insert(superuser, "ambulances", plate_number="MH-12-1")
    device = await world.insert(superuser, "devices", kind="tablet", name="Tablet", ambulance_id=unit)
    row = await world.insert(superuser, "assignments", request_id=request_id, ambulance_id=unit)
    told = {"assignment": str(row), "text": "Mrs Marker is pale"}
    written = {"ambulance_id": unit, "assignment_id": row, "sender": "crew", "device_id": device, "sent_at": NOW}
    await world.insert(superuser, "crew_messages", text=told["text"], **written)
    body = orjson.dumps({"patient": "Priya Marker", "caller": "Marker", "callback_number": "marker"}).decode()
    await world.insert(superuser, "device_commands", device_id=device, kind="call", assignment_id=row, body=body)
    await superuser.execute(
        "INSERT INTO crew_reports (device_id, report_id, kind, body, device_at, happened_at, received_at, status)"
        " VALUES ($1, 'a', 'message', $2, now(), now(), now(), 'done')",
        device,
        orjson.dumps(told).decode(),
    )


async def test_a_doctor_who_is_nobody_any_more_is_not_named_to_patients(
    app_pool: Database, superuser: Connection
) -> None:
    patient, doctor = await world.patient(superuser), await world.doctor(superuser)
    admin = await world.insert(superuser, "users", name="Asha", email="asha@hub.test", role="admin")
    await superuser.execute("UPDATE users SET name = 'Dr Marker' WHERE id = $1", doctor)
    asked = Breaking(doctor, "Dr Marker", patient, "brought in unconscious", NOW, NOW + timedelta(minutes=5))
    await break_glass(app_pool, asked, audit.Entry("break_glass.C", "break_glass", actor_id=str(doctor)))
    whom = await person(app_pool, doctor)
    await pseudonyms.pseudonymise(app_pool, whom, NOW, entry(await person(app_pool, admin), whom))
    assert "marker" not in (await _everything(superuser)).casefold()
    told = await superuser.fetchval("SELECT message FROM notifications WHERE user_id = $1", patient)
    assert told.startswith("[removed] opened your record")


def _event(sender: object) -> str:
    return f'{{"id": "1", "sender_id": "{sender}", "receiver_id": "2", "content": "it is me, Priya Marker"}}'


async def _everything(superuser: Connection) -> str:
    """Return every row of every table as text."""
    tables = await superuser.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    texts = [await superuser.fetch(f"SELECT t::text FROM {table[0]} t") for table in tables]  # noqa: S608 - its own
    return repr(texts)
