"""The demonstration's world: logins, places, and a fleet whose tablets' secrets are kept in the state folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from arogya.cli.demo_clinic import CLINIC
from arogya.running import write_private
from hub.access.tokens import digest, new_token
from storage import demo, demo_clinic
from storage.demo import DemoAmbulance, DemoFacility, DemoUser
from storage.demo_clinic import DemoDesk, DemoDoctor, DemoPatient
from storage.passwords import Passwords

PASSWORD = "ambulance-demo"  # noqa: S105 - printed for everybody to use, and only ever on this machine
FLEET_FILE = "fleet.json"
SPOOLS = "spools"  # folder of the tablets' spools

# In the simulated city (arogya/simulator/roads.py).
FACILITIES = (
    DemoFacility("Arogya General Hospital", "1 Hospital Road", "hospital", 73.8567, 18.5204),
    DemoFacility("Lakeside Trauma Centre", "14 Lake View", "hospital", 73.8771, 18.5311),
    DemoFacility("Arogya Physiotherapy Clinic", "7 Garden Street", "clinic", 73.8402, 18.5099),
)
USERS = (
    DemoUser("Devi Dispatcher", "dispatcher@arogya.example", "staff", "receptionist", "dispatcher"),
    DemoUser("Sunil Supervisor", "supervisor@arogya.example", "staff", "receptionist", "supervisor"),
    DemoUser("Radha Reception", "reception@arogya.example", "staff", "receptionist"),
    DemoUser("Dr Dinesh Doctor", "doctor@arogya.example", "doctor"),
    DemoUser("Priya Patient", "patient@arogya.example", "patient"),
    DemoUser("Fatima Facility", "facility@arogya.example", "staff", "admin"),
    DemoUser("Asha Admin", "admin@arogya.example", "admin"),
)
# What the ready block says of each login.
MEANINGS = {
    "dispatcher": "takes calls and sends ambulances, watches the fleet",
    "supervisor": "leads the dispatchers, adds tablets, reads the shift report",
    "reception": "front desk of one facility: people, appointments, messages",
    "doctor": "treats patients: watches them exercise live, their records, plans, messages",
    "patient": "calls an ambulance, exercises with a sensor; has appointments, messages, sees who read the record",
    "facility": "runs one facility: its people, doctors, devices",
    "admin": "runs the platform, watches the fleet, reads the audit log",
}
DRIVERS = (
    *("Anil Rao", "Bina Shetty", "Chetan Gowda", "Deepa Nair", "Eshwar Reddy", "Farah Khan", "Ganesh Pai", "Hema Iyer"),
    *("Imran Ali", "Jaya Murthy", "Kiran Kumar", "Latha Bhat", "Manoj Das", "Nisha Jain", "Omkar Patil", "Pooja Hegde"),
)
CAPABILITIES = ("basic", "advanced", "basic", "transport", "basic", "advanced", "basic", "neonatal")


def plates() -> list[str]:
    """Return the plate numbers of the fleet."""
    return [f"MH-12-AH-{1001 + number}" for number in range(len(DRIVERS))]


def emails() -> list[str]:
    """Return the address of every login that is made with the public password."""
    groups: tuple[Sequence[DemoUser | DemoPatient | DemoDoctor | DemoDesk], ...] = (
        *(USERS, CLINIC.patients, CLINIC.doctors, CLINIC.desks),
    )
    return list(dict.fromkeys(person.email for group in groups for person in group))


def draw_roads(state: Path, seed: int) -> Path:
    """Return the file with the simulated city's streets, for the map; drawn once for each seed."""
    from arogya.simulator.roads import roads_geojson

    file = state / f"roads-{seed}.geojson"
    if not file.exists():
        write_private(file, json.dumps(roads_geojson(seed), separators=(",", ":")))
    return file


async def prepare(dsn: str, state: Path) -> Path:
    """Store the demonstration's data where it is missing and return the file that the simulated fleet signs in with.

    A database that has it and a file that is there are left alone, so that a changed password stays changed.
    """
    file = state / FLEET_FILE
    if file.exists() and await demo.is_seeded(dsn, USERS[0].email) and await demo_clinic.is_seeded(dsn):
        return file
    secrets = {plate: new_token() for plate in plates()}
    passwords = Passwords()
    try:
        password_hash = await passwords.hash(PASSWORD)
    finally:
        passwords.close()
    ambulances = [
        DemoAmbulance(plate, driver, CAPABILITIES[number % len(CAPABILITIES)], digest(secrets[plate]))
        for number, (plate, driver) in enumerate(zip(plates(), DRIVERS, strict=True))
    ]
    await demo.seed(dsn, facilities=FACILITIES, users=USERS, ambulances=ambulances, password_hash=password_hash)
    await demo_clinic.seed(dsn, CLINIC, password_hash)
    spools = state / SPOOLS
    spools.mkdir(mode=0o700, exist_ok=True)
    entries = [
        {"plate_number": plate, "secret": secret, "spool": str(spools / plate)} for plate, secret in secrets.items()
    ]
    write_private(file, json.dumps(entries, indent=1))
    return file
