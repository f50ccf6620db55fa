"""Who may see an ambulance now, asked for many at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from storage.ambulances import Reach, find_one, within_reach
from storage.pool import Database
from tests.storage import world
from tests.storage.world import NINE, Connection

CURRENT = ("accepted", "en_route", "on_scene", "transporting", "at_destination")
OVER = ("offered", "declined", "expired", "cleared", "cancelled")


class Ride:
    """An ambulance that was offered to a patient who goes to a facility, which has a doctor."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.ambulance_id: int
        self.patient_id: UUID
        self.facility_id: UUID
        self.doctor_id: UUID

    async def begin(self, status: str) -> Ride:
        connection = self._connection
        self.ambulance_id = await world.ambulance(connection)
        self.patient_id, self.facility_id = await world.patient(connection), await world.facility(connection)
        self.doctor_id = await world.doctor(connection)
        await connection.execute(
            "INSERT INTO doctor_facilities (doctor_id, facility_id) VALUES ($1, $2)", self.doctor_id, self.facility_id
        )
        request_id = await world.insert(
            connection, "ambulance_requests", patient_id=self.patient_id, destination_facility_id=self.facility_id
        )
        row: dict[str, object] = {"request_id": request_id, "ambulance_id": self.ambulance_id, "offered_at": NINE}
        if status in ("declined", "expired", "cleared", "cancelled"):
            row[f"{status}_at"] = NINE + timedelta(minutes=1)
        await world.insert(connection, "assignments", status=status, **row)
        return self

    def reaches(self) -> list[Reach]:
        """Return the reach of everybody whom the ride concerns."""
        return [
            Reach(patient_id=self.patient_id),
            Reach(facility_id=self.facility_id),
            Reach(doctor_id=self.doctor_id),
        ]


@pytest.mark.parametrize("status", [*CURRENT, *OVER])
async def test_everybody_whom_a_ride_concerns_sees_the_ambulance_while_it_goes_on(
    superuser: Connection, reader: Database, status: str
) -> None:
    ride = await Ride(superuser).begin(status)
    reaches = ride.reaches()
    found = await within_reach(reader, [(ride.ambulance_id, reach) for reach in reaches])
    assert found == (set(range(len(reaches))) if status in CURRENT else set())
    for place, reach in enumerate(reaches):
        assert (await find_one(reader, reach, ride.ambulance_id) is not None) == (place in found), "one rule for both"


async def test_of_many_pairs_the_places_of_those_that_hold_are_told(superuser: Connection, reader: Database) -> None:
    one, other = [await Ride(superuser).begin("en_route") for _ in range(2)]
    asked = [
        (other.ambulance_id, Reach(patient_id=one.patient_id)),
        (one.ambulance_id, Reach(patient_id=one.patient_id)),
        (one.ambulance_id, Reach(facility_id=other.facility_id)),
        (other.ambulance_id, Reach(doctor_id=other.doctor_id)),
        (one.ambulance_id, Reach(patient_id=one.patient_id)),
        (one.ambulance_id, Reach(doctor_id=uuid4())),
        (one.ambulance_id, Reach()),
        (9_999_999, Reach(patient_id=one.patient_id)),
    ]
    assert await within_reach(reader, asked) == {1, 3, 4}
    assert await within_reach(reader, []) == set()
