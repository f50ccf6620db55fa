"""Every table that the records API serves, in the order in which the docs tell of them."""

from __future__ import annotations

from storage.records.entity import Entity
from storage.records.tables.ambulance_requests import AMBULANCE_REQUESTS
from storage.records.tables.ambulances import AMBULANCES
from storage.records.tables.appointments import APPOINTMENTS
from storage.records.tables.audit import AUDIT_LOG, RECORD_ACCESSES
from storage.records.tables.break_glass import BREAK_GLASS
from storage.records.tables.devices import DEVICES
from storage.records.tables.doctor_facilities import DOCTOR_FACILITIES
from storage.records.tables.doctor_schedules import DOCTOR_SCHEDULES
from storage.records.tables.doctors import DOCTORS
from storage.records.tables.exercise_ticks import EXERCISE_TICKS
from storage.records.tables.facilities import FACILITIES
from storage.records.tables.joint_motion_logs import JOINT_MOTION_LOGS
from storage.records.tables.messages import MESSAGES
from storage.records.tables.notifications import NOTIFICATIONS
from storage.records.tables.patients import PATIENTS
from storage.records.tables.physio_sessions import PHYSIO_SESSIONS
from storage.records.tables.plan_exercises import PLAN_EXERCISES
from storage.records.tables.rehab_days import REHAB_DAYS
from storage.records.tables.rehab_progress import REHAB_PROGRESS
from storage.records.tables.staff import STAFF
from storage.records.tables.transactions import TRANSACTIONS
from storage.records.tables.users import USERS
from storage.records.tables.workout_plans import WORKOUT_PLANS

ENTITIES: tuple[Entity, ...] = (
    USERS,
    PATIENTS,
    DOCTORS,
    STAFF,
    FACILITIES,
    DOCTOR_FACILITIES,
    DOCTOR_SCHEDULES,
    APPOINTMENTS,
    AMBULANCES,
    AMBULANCE_REQUESTS,
    PHYSIO_SESSIONS,
    JOINT_MOTION_LOGS,
    WORKOUT_PLANS,
    PLAN_EXERCISES,
    EXERCISE_TICKS,
    REHAB_PROGRESS,
    REHAB_DAYS,
    TRANSACTIONS,
    MESSAGES,
    NOTIFICATIONS,
    DEVICES,
    BREAK_GLASS,
    AUDIT_LOG,
    RECORD_ACCESSES,
)


def entity(name: str) -> Entity:
    """Return the declaration of a table; raises KeyError."""
    for one in ENTITIES:
        if one.name == name:
            return one
    raise KeyError(name)
