"""What the database itself refuses, and what every table says about itself."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from tests.storage import world
from tests.storage.world import NINE, Connection

DOCUMENTATION = Path(__file__).parents[3] / "shared" / "schema-documentation.txt"
ZERO = bytes(32)


async def test_every_table_and_index_has_a_comment(superuser: Connection) -> None:
    silent = await superuser.fetch(
        """
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'i', 'I')
          AND obj_description(c.oid, 'pg_class') IS NULL
          AND NOT (c.relkind = 'i' AND c.relispartition)  -- described by the index that it is a part of
        """
    )
    assert [row["relname"] for row in silent] == []


async def test_every_closed_list_of_values_is_explained(superuser: Connection) -> None:
    rows = await superuser.fetch(
        """
        SELECT c.conrelid::regclass::text || '.' || a.attname AS column,
               pg_get_constraintdef(c.oid) AS list, col_description(c.conrelid, a.attnum) AS comment
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        WHERE c.contype = 'c' AND c.connamespace = 'public'::regnamespace AND cardinality(c.conkey) = 1
          AND pg_get_constraintdef(c.oid) ~ 'ANY \\(\\(?ARRAY\\['
        """
    )
    assert len(rows) > 20
    for row in rows:
        for value in re.findall(r"'([^']+)'::text", row["list"]):
            if row["column"] not in ("patients.blood_type", "assignments.status"):
                assert value in (row["comment"] or ""), f"{row['column']} does not explain {value}"


async def test_every_documented_field_exists_under_its_name(superuser: Connection) -> None:
    if not DOCUMENTATION.exists():
        pytest.skip("the documentation of the schema is not beside this project")
    documented: set[tuple[str, str]] = set()
    for section in DOCUMENTATION.read_text().split("## Table: ")[1:]:
        table, _, body = section.partition("\n")
        fields = body.partition("**Relationships:**")[0].partition("## Summary")[0]
        for line in re.findall(r"^- (.*)$", fields, re.MULTILINE):
            names = re.match(r"(`\w+`(?:, )?(?:\([a-z]+\), )?)+", line)
            assert names, line
            documented |= {(table.strip("`"), name) for name in re.findall(r"`(\w+)`", names[0])}
    assert len({table for table, _ in documented}) == 18
    rows = await superuser.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    assert documented - {(row["table_name"], row["column_name"]) for row in rows} == set()


async def test_two_accounts_may_not_differ_only_in_the_case_of_their_address(superuser: Connection) -> None:
    await world.insert(superuser, "users", name="Asha", email="asha@example.org", role="patient")
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.insert(superuser, "users", name="Asha", email="Asha@Example.org", role="patient")


async def test_a_doctor_is_not_booked_twice_at_a_time(superuser: Connection) -> None:
    doctor = await world.doctor(superuser)
    first = await world.appointment(superuser, doctor_id=doctor)
    with pytest.raises(asyncpg.ExclusionViolationError) as refused:
        await world.appointment(superuser, doctor_id=doctor, scheduled_at=NINE + timedelta(minutes=29))
    assert refused.value.constraint_name == "appointments_doctor_free"
    await world.appointment(superuser, doctor_id=doctor, scheduled_at=NINE + timedelta(minutes=30))
    await superuser.execute("UPDATE appointments SET status = 'cancelled' WHERE id = $1", first)
    await world.appointment(superuser, doctor_id=doctor)


async def test_a_patient_is_not_booked_twice_at_a_time(superuser: Connection) -> None:
    patient = await world.patient(superuser)
    await world.appointment(superuser, patient_id=patient)
    with pytest.raises(asyncpg.ExclusionViolationError) as refused:
        await world.appointment(superuser, patient_id=patient)
    assert refused.value.constraint_name == "appointments_patient_free"


async def test_staff_may_overbook_with_a_reason(superuser: Connection) -> None:
    doctor = await world.doctor(superuser)
    await world.appointment(superuser, doctor_id=doctor)
    await world.appointment(superuser, doctor_id=doctor, overbook_reason="walked in with chest pain")


async def test_fifty_racing_bookings_of_one_slot_give_one_appointment_and_no_deadlock(
    superuser: Connection, database: str
) -> None:
    doctor, facility = await world.doctor(superuser), await world.facility(superuser)
    patients = [await world.patient(superuser) for _ in range(25)]

    async def book(patient: object) -> str:
        connection = await asyncpg.connect(database)
        try:
            await world.appointment(connection, doctor_id=doctor, patient_id=patient, facility_id=facility)
        except asyncpg.PostgresError as error:
            return type(error).__name__
        finally:
            await connection.close()
        return "booked"

    answers = await asyncio.gather(*(book(patient) for patient in patients * 2))
    assert sorted(answers) == ["ExclusionViolationError"] * 49 + ["booked"]


async def test_nobody_is_in_an_appointment_and_a_physio_session_at_once(superuser: Connection) -> None:
    patient, doctor = await world.patient(superuser), await world.doctor(superuser)
    booked = await world.appointment(superuser, patient_id=patient, doctor_id=doctor)
    for values in ({"patient_id": patient}, {"therapist_id": doctor}):
        with pytest.raises(asyncpg.ExclusionViolationError) as refused:
            await world.physio_session(superuser, **values)
        assert refused.value.constraint_name == "engagements_person_free"
    await world.physio_session(superuser, therapist_id=doctor, supervised=False)
    await superuser.execute("UPDATE appointments SET status = 'missed' WHERE id = $1", booked)
    await world.physio_session(superuser, patient_id=patient, therapist_id=doctor)


async def test_a_weekday_is_one_to_seven(superuser: Connection) -> None:
    doctor, facility = await world.doctor(superuser), await world.facility(superuser)
    for day in (0, 8):
        with pytest.raises(asyncpg.CheckViolationError, match="day_of_week_iso"):
            await superuser.execute(
                "INSERT INTO doctor_schedules (doctor_id, facility_id, day_of_week, start_time, end_time)"
                " VALUES ($1, $2, $3, '09:00', '17:00')",
                doctor,
                facility,
                day,
            )


async def test_an_ambulance_has_one_live_assignment(superuser: Connection) -> None:
    ambulance = await world.ambulance(superuser)
    calls = [await world.insert(superuser, "ambulance_requests", caller="bystander") for _ in range(2)]
    first = await world.insert(superuser, "assignments", request_id=calls[0], ambulance_id=ambulance)
    with pytest.raises(asyncpg.UniqueViolationError, match="assignments_one_live_per_ambulance"):
        await world.insert(superuser, "assignments", request_id=calls[1], ambulance_id=ambulance)
    await superuser.execute("UPDATE assignments SET status = 'declined', declined_at = now() WHERE id = $1", first)
    await world.insert(superuser, "assignments", request_id=calls[1], ambulance_id=ambulance)


async def test_the_stages_of_an_assignment_never_go_back_in_time(superuser: Connection) -> None:
    call = await world.insert(superuser, "ambulance_requests", caller="bystander")
    key = await world.insert(
        superuser, "assignments", request_id=call, ambulance_id=await world.ambulance(superuser), offered_at=NINE
    )
    await superuser.execute("UPDATE assignments SET on_scene_at = $2 WHERE id = $1", key, NINE + timedelta(minutes=9))
    with pytest.raises(asyncpg.CheckViolationError, match="assignments_stages_in_order"):
        early = NINE + timedelta(minutes=8)
        await superuser.execute("UPDATE assignments SET cleared_at = $2 WHERE id = $1", key, early)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN"])
async def test_a_payment_is_more_than_nothing(superuser: Connection, amount: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="transactions_amount_positive"):
        await _payment(superuser, amount=Decimal(amount))


async def test_refunds_stay_within_the_payment(superuser: Connection) -> None:
    payment = await _payment(superuser, amount=Decimal(500), status="captured")
    refund = "UPDATE transactions SET status = 'partially_refunded', refunded_amount = $2 WHERE id = $1"
    await superuser.execute(refund, payment, Decimal(200))
    with pytest.raises(asyncpg.CheckViolationError, match="transactions_refund"):
        await superuser.execute(refund, payment, Decimal("500.01"))


async def test_a_posting_of_the_ledger_sums_to_zero_and_stays(superuser: Connection) -> None:
    payment, posting = await _payment(superuser, amount=Decimal(500)), uuid4()
    entry = (
        "INSERT INTO ledger_entries (posting_id, transaction_id, account, amount, currency) VALUES ($1,$2,$3,$4,'INR')"
    )
    with pytest.raises(asyncpg.CheckViolationError, match="sum to zero"):
        await superuser.execute(entry, posting, payment, "payer", Decimal(500))
    async with superuser.transaction():
        await superuser.execute(entry, posting, payment, "payer", Decimal(500))
        await superuser.execute(entry, posting, payment, "facility", Decimal(-500))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await superuser.execute("UPDATE ledger_entries SET amount = 1")


async def test_a_message_has_two_people_and_some_text(superuser: Connection) -> None:
    one, other = await world.user(superuser), await world.user(superuser)
    await world.insert(superuser, "messages", sender_id=one, receiver_id=other, content="x" * 4000)
    for receiver, content in ((one, "to myself"), (other, ""), (other, "x" * 4001)):
        with pytest.raises(asyncpg.CheckViolationError):
            await world.insert(superuser, "messages", sender_id=one, receiver_id=receiver, content=content)


@pytest.mark.parametrize(
    ("joint", "known"), [("right_knee_flexion", True), ("left_ankle_dorsiflexion", True), ("knee", False)]
)
async def test_joints_are_a_closed_list(superuser: Connection, joint: str, known: bool) -> None:
    assert await superuser.fetchval("SELECT are_joints($1)", ["left_hip_flexion", joint]) is known


async def test_the_chain_of_seals_never_forks(superuser: Connection) -> None:
    seal = "INSERT INTO audit_seals (id, entry_ids, previous, hash, digests) VALUES ($1, '{1}', $2, $3, $3)"
    await superuser.execute(seal, 1, ZERO, b"\1" * 32)
    with pytest.raises(asyncpg.UniqueViolationError, match="audit_seals_previous_key"):
        await superuser.execute(seal, 2, ZERO, b"\2" * 32)


async def test_audit_entries_wait_for_a_seal_and_cannot_be_changed(superuser: Connection) -> None:
    key = await world.insert(superuser, "audit_log", actor_kind="system", action="migrate", entity="schema_migrations")
    assert await superuser.fetchval("SELECT array_agg(entry_id) FROM audit_unsealed") == [key]
    for change in ("UPDATE audit_log SET action = 'nothing'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await superuser.execute(change)


async def test_updates_of_marks_and_locations_are_heap_only(superuser: Connection) -> None:
    ambulance = await world.ambulance(superuser)
    device = await world.tablet(superuser, ambulance)
    stream = await world.insert(
        superuser, "streams", device_id=device, log_id="0" * 32, kind="fixes", ambulance_id=ambulance
    )
    for seq in range(1, 21):
        await superuser.execute("UPDATE streams SET last_seq = $2 WHERE id = $1", stream, seq)
        await superuser.execute(
            "UPDATE ambulances SET current_location = point($2, 12), location_fix_at = now() WHERE id = $1",
            ambulance,
            77 + seq / 100,
        )
    await superuser.execute("SELECT pg_stat_force_next_flush()")
    for table in ("streams", "ambulances"):
        row = await superuser.fetchrow(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = $1", table
        )
        assert row is not None
        assert tuple(row) == (20, 20)


async def test_positions_out_of_range_are_refused_by_a_named_check(superuser: Connection) -> None:
    nan = float("nan")
    row = [1, 1, datetime.now(UTC), 1, NINE, NINE, 12.9, 77.6, nan, nan, nan, nan, 0]
    store = f"INSERT INTO ambulance_positions VALUES ({', '.join(f'${n}' for n in range(1, 14))})"  # noqa: S608
    await superuser.execute(store, *row)
    for column, value, name in (
        (6, 91.0, "place"),
        (7, nan, "place"),
        (8, -1.0, "motion"),
        (9, 360.0, "motion"),
        (10, -1.0, "quality"),
    ):
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await superuser.execute(store, *row[:column], value, *row[column + 1 :])
        assert refused.value.constraint_name == f"ambulance_positions_{name}"


async def _payment(connection: Connection, **values: object) -> object:
    payer = await world.user(connection)
    return await world.insert(
        connection, "transactions", user_id=payer, service_type="appointment", service_id=uuid4(), **values
    )
