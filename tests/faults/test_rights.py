"""F22: a right that ends while its socket is open, ends on that socket too, within two seconds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

import asyncpg
import pytest

from tests.faults.conftest import StartHub
from tests.faults.rig.checker import wait_until
from tests.faults.rig.people import Case, Ear, Person, add_case, add_person, listening
from tests.faults.rig.population import make_dispatcher, make_tablets
from tests.faults.rig.processes import HubProcess

ENDS_S = 2.0
FIRST_S = 5.0
RESYNC, REVOKED = 4005, 4504  # close codes


class Stage(NamedTuple):
    """A hub, the people of one case, and the database to take their rights away in."""

    hub: HubProcess
    db: asyncpg.Connection[asyncpg.Record]
    case: Case
    patient: Person
    doctor: Person
    desk: Person

    @property
    def channel(self) -> str:
        """The case's ambulance."""
        return f"ambulance:{self.case.ambulance_id}"


@pytest.fixture
async def stage(start_hub: StartHub, fault_database: str) -> AsyncIterator[Stage]:
    """Everybody may watch the ambulance, each for a reason of their own."""
    db = await asyncpg.connect(fault_database)
    try:
        patient = await add_person(db, "pat", "patient")
        doctor = await add_person(db, "doc", "doctor")
        desk = await add_person(db, "desk", "staff")
        case = await add_case(db, patient, doctor, desk)
        yield Stage(await start_hub(), db, case, patient, doctor, desk)
    finally:
        await db.close()


async def wait_first(ear: Ear) -> None:
    """Wait for the picture."""
    await wait_until(lambda: "snapshot" in ear.types(), FIRST_S, "a first picture")


@pytest.mark.parametrize("who", ["patient", "doctor", "desk"])
async def test_clearing_the_assignment_ends_what_it_let_people_watch(stage: Stage, who: str) -> None:
    person: Person = getattr(stage, who)
    async with listening(stage.hub.url, person.token, stage.channel) as ear:
        await wait_first(ear)
        await stage.db.execute(
            "UPDATE assignments SET status = 'cancelled', cancelled_at = now() WHERE id = $1", stage.case.assignment_id
        )
        await wait_until(ear.refused, ENDS_S, "the end of the subscription")
        count = len(ear.heard)
        await stage.db.execute("UPDATE ambulances SET status = 'available' WHERE id = $1", stage.case.ambulance_id)
        await wait_until(lambda: stage.hub.alive(), 1.0, "nothing more")
        assert len(ear.heard) == count and ear.close_code is None
    async with listening(stage.hub.url, person.token, stage.channel) as ear:
        await wait_until(ear.refused, FIRST_S, "no way back in")


async def test_a_doctor_who_leaves_the_hospital_sees_no_more_of_what_comes_there(stage: Stage) -> None:
    async with listening(stage.hub.url, stage.doctor.token, stage.channel) as ear:
        await wait_first(ear)
        await stage.db.execute("DELETE FROM doctor_facilities WHERE doctor_id = $1", stage.doctor.user_id)
        await wait_until(lambda: ear.refused() or ear.close_code == RESYNC, ENDS_S, "the end of the right")
    async with listening(stage.hub.url, stage.doctor.token, stage.channel) as ear:
        await wait_until(ear.refused, FIRST_S, "no way back in")


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE users SET disabled_at = now() WHERE id = $1",
        "UPDATE sessions SET ended_at = now() WHERE user_id = $1",
        "UPDATE sessions SET expires_at = now() WHERE user_id = $1",
    ],
    ids=["disabled", "signed out", "expired"],
)
async def test_the_end_of_an_account_or_a_sign_in_closes_its_sockets(stage: Stage, end: str) -> None:
    async with listening(stage.hub.url, stage.patient.token, stage.channel) as ear:
        await wait_first(ear)
        await stage.db.execute(end, stage.patient.user_id)
        await wait_until(lambda: ear.close_code is not None, ENDS_S, "the end of the connection")
        assert ear.close_code in (REVOKED, RESYNC)


async def test_a_dispatcher_without_duty_sees_the_fleet_no_more(stage: Stage, fault_database: str) -> None:
    token = await make_dispatcher(fault_database)
    async with listening(stage.hub.url, token, "fleet") as ear:
        await wait_first(ear)
        await stage.db.execute("UPDATE staff SET duty = NULL WHERE duty = 'dispatcher'")
        await wait_until(lambda: ear.close_code is not None, ENDS_S, "the end of the connection")
        assert ear.close_code == RESYNC
    async with listening(stage.hub.url, token, "fleet") as ear:
        await wait_until(ear.refused, FIRST_S, "no way back in")


@pytest.mark.parametrize("who", ["doctor", "desk"])
async def test_another_role_begins_with_another_connection(stage: Stage, who: str) -> None:
    person: Person = getattr(stage, who)
    change = {
        "doctor": "UPDATE users SET role = 'patient' WHERE id = $1",
        "desk": "UPDATE staff SET role = 'admin' WHERE id = $1",
    }
    async with listening(stage.hub.url, person.token, "inbox") as ear:
        await wait_until(lambda: "events" in ear.types(), FIRST_S, "the inbox")
        await stage.db.execute(change[who], person.user_id)
        await wait_until(lambda: ear.close_code is not None, ENDS_S, "the end of the connection")
        assert ear.close_code == RESYNC


async def test_the_inbox_of_a_disabled_account_closes(stage: Stage) -> None:
    async with listening(stage.hub.url, stage.patient.token, "inbox") as ear:
        await wait_until(lambda: "events" in ear.types(), FIRST_S, "the inbox")
        await stage.db.execute("UPDATE users SET disabled_at = now() WHERE id = $1", stage.patient.user_id)
        await wait_until(lambda: ear.close_code is not None, ENDS_S, "the end of the connection")
        assert ear.close_code in (REVOKED, RESYNC)


async def test_a_tablet_that_is_revoked_is_sent_away_and_stores_nothing_more(stage: Stage, fault_database: str) -> None:
    (credential,) = await make_tablets(fault_database, 1)
    async with listening(stage.hub.url, credential.secret, f"ambulance:{credential.ambulance_id}") as ear:
        await wait_first(ear)
        await stage.db.execute("UPDATE devices SET revoked_at = now() WHERE id = $1", credential.device_id)
        await wait_until(lambda: ear.close_code is not None, ENDS_S, "the end of the connection")
        assert ear.close_code == REVOKED
