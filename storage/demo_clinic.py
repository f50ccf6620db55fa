"""What the demonstration's clinic starts with: people, bookings, a plan with its sessions, payments and messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import NamedTuple

from storage.pool import OWNER, Database, Transaction
from storage.sql import load

_QUERIES = load("demo_clinic")
_PEOPLE = load("demo")


class DemoPatient(NamedTuple):
    """A patient; one who has no login yet gets one."""

    name: str
    email: str
    phone: str
    date_of_birth: date
    gender: str
    blood_type: str | None
    address: str


class DemoDoctor(NamedTuple):
    """A doctor; one who has no login yet gets one."""

    name: str
    email: str
    specialization: str
    license_number: str
    years_experience: int


class DemoDesk(NamedTuple):
    """Somebody at the desk of a facility."""

    name: str
    email: str
    role: str  # receptionist or admin
    facility: str


class DemoWindow(NamedTuple):
    """When a doctor sees patients at a facility, in its local time."""

    doctor: str
    facility: str
    days: tuple[int, ...]  # ISO weekdays
    start_time: time
    end_time: time


class DemoAppointment(NamedTuple):
    """An appointment, by days from today and local time."""

    patient: str
    doctor: str
    facility: str
    days: int
    at: time
    minutes: int
    status: str
    notes: str | None = None


class DemoPlan(NamedTuple):
    """A plan with one exercise on some weekdays."""

    patient: str
    doctor: str
    joint: str
    notes: str
    exercise: str
    reps: int
    angle: float  # degrees
    days: tuple[int, ...]  # ISO weekdays


class DemoSensor(NamedTuple):
    """A sensor that a patient has at home."""

    name: str
    facility: str
    patient: str
    model: str
    joint: str


class DemoPhysio(NamedTuple):
    """A physiotherapy session, by days from today and local time."""

    patient: str
    doctor: str
    facility: str
    days: int
    at: time
    status: str
    joint: str
    angle: float  # degrees
    notes: str | None = None


class DemoPayment(NamedTuple):
    """A payment for a patient's newest completed appointment."""

    patient: str
    amount: Decimal
    status: str


class DemoMessage(NamedTuple):
    """A message."""

    sender: str
    receiver: str
    content: str
    hours: int  # ago
    seen: bool = True


class DemoNotification(NamedTuple):
    """Something the system tells somebody."""

    email: str
    type: str
    message: str
    hours: int  # ago


class DemoClinic(NamedTuple):
    """All of it."""

    patients: Sequence[DemoPatient]
    doctors: Sequence[DemoDoctor]
    desks: Sequence[DemoDesk]
    windows: Sequence[DemoWindow]
    appointments: Sequence[DemoAppointment]
    plans: Sequence[DemoPlan]
    sensors: Sequence[DemoSensor]
    sessions: Sequence[DemoPhysio]
    payments: Sequence[DemoPayment]
    messages: Sequence[DemoMessage]
    notifications: Sequence[DemoNotification]


async def seed(dsn: str, clinic: DemoClinic, password_hash: str) -> None:
    """Store the clinic, all or nothing, unless something was booked before; raises `StorageError`."""
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        async with db.transaction() as transaction:
            found = await transaction.fetch_one(_QUERIES.has_appointments)
            if found is None or not found["booked"]:
                await _people(transaction, clinic, password_hash)
                await _bookings(transaction, clinic)
                await _words(transaction, clinic)
    finally:
        await db.close()


async def is_seeded(dsn: str) -> bool:
    """Say whether something was ever booked; raises `StorageError`."""
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        found = await db.fetch_one(_QUERIES.has_appointments)
        return found is not None and bool(found["booked"])
    finally:
        await db.close()


async def _people(transaction: Transaction, clinic: DemoClinic, password_hash: str) -> None:
    logins = [
        *((one.name, one.email, "patient") for one in clinic.patients),
        *((one.name, one.email, "doctor") for one in clinic.doctors),
        *((one.name, one.email, "staff") for one in clinic.desks),
    ]
    for name, email, role in logins:
        await transaction.execute(_PEOPLE.insert_user, name=name, email=email, role=role, password=password_hash)
    for patient in clinic.patients:
        row = patient._asdict()
        await transaction.execute(_QUERIES.set_phone, email=row["email"], phone=row.pop("phone"))
        row.pop("name")
        await transaction.execute(_QUERIES.insert_patient, **row)
    for doctor in clinic.doctors:
        row = doctor._asdict()
        row.pop("name")
        await transaction.execute(_QUERIES.insert_doctor, **row)
    for desk in clinic.desks:
        row = desk._asdict()
        row.pop("name")
        await transaction.execute(_QUERIES.insert_staff, **row)


async def _bookings(transaction: Transaction, clinic: DemoClinic) -> None:
    for window in clinic.windows:
        await transaction.execute(_QUERIES.insert_window, **window._asdict())
    for appointment in clinic.appointments:
        await transaction.execute(_QUERIES.insert_appointment, **appointment._asdict())
    for plan in clinic.plans:
        await transaction.execute(_QUERIES.insert_plan, **plan._asdict())
    for sensor in clinic.sensors:
        await transaction.execute(_QUERIES.insert_sensor, **sensor._asdict())
    for session in clinic.sessions:
        row = await transaction.fetch_one(_QUERIES.insert_physio_session, **session._asdict())
        if row is not None and session.status == "completed":
            await transaction.execute(_QUERIES.insert_motion, session_id=row["id"])
    for payment in clinic.payments:
        await transaction.execute(_QUERIES.insert_transaction, **payment._asdict())


async def _words(transaction: Transaction, clinic: DemoClinic) -> None:
    for message in clinic.messages:
        await transaction.execute(_QUERIES.insert_message, **message._asdict())
    for notification in clinic.notifications:
        await transaction.execute(_QUERIES.insert_notification, **notification._asdict())
