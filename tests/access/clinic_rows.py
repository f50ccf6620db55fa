"""Appointments, plans, sessions and what a sensor measured: everything that makes a care relation, or just does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.access.people import AMBULANCES, DEVICES, mark, uid
from tests.access.rows import Row, row

CARE = timedelta(days=90)
EDGE = timedelta(hours=1)  # on this side and on that of the ninety days
JOINT = "right_knee_flexion"

# name: patient, doctor, facility, after now, status
APPOINTMENTS: dict[str, tuple[str, str, str, timedelta, str]] = {
    "pat-visit": ("pat", "doc", "north", timedelta(days=1), "scheduled"),
    "pat-asks": ("pat", "doc", "north", timedelta(days=3), "requested"),
    "south-visit": ("south-pat", "south-doc", "south", timedelta(days=1), "scheduled"),
    "recent-visit": ("recent", "doc", "north", EDGE - CARE, "completed"),
    "ended-visit": ("ended", "doc", "north", -EDGE - CARE, "completed"),
    "cancelled-visit": ("cancelled", "doc", "north", timedelta(days=2), "cancelled"),
    "glass-visit": ("glass", "south-doc", "south", timedelta(days=2), "scheduled"),
}
# name: patient, doctor, status, the last day after today
PLANS: dict[str, tuple[str, str, str, int | None]] = {
    "pat-plan": ("pat", "doc", "active", None),
    "pat-old-plan": ("pat", "south-doc", "ended", -30),
    "planned-plan": ("planned", "doc", "active", 30),
    "drafted-plan": ("drafted", "doc", "draft", None),
    "lapsed-plan": ("lapsed", "doc", "active", -7),
    "south-plan": ("south-pat", "south-doc", "active", None),
    "south-draft": ("south-pat", "south-doc", "draft", None),
    "glass-plan": ("glass", "south-doc", "active", None),
    "pat-draft": ("pat", "doc", "draft", None),
}
# Plans of which an exercise was ticked off yesterday.
TICKED = ("pat-plan", "planned-plan", "lapsed-plan", "south-plan", "glass-plan")
# name: patient, doctor, facility, device, after now, status
SESSIONS: dict[str, tuple[str, str, str | None, str | None, timedelta, str]] = {
    "pat-session": ("pat", "doc", "north", "px", -timedelta(minutes=5), "in_progress"),
    "soon-session": ("soon", "doc", "north", "idle-px", timedelta(minutes=29), "scheduled"),
    "pat-later": ("pat", "doc", "north", "px", timedelta(days=30), "scheduled"),
    "trained-session": ("trained", "doc", "north", None, EDGE * 2 - CARE, "completed"),
    "untrained-session": ("untrained", "doc", "north", None, -EDGE * 2 - CARE, "completed"),
    "ahead-session": ("ahead", "doc", "north", None, CARE + EDGE * 3, "scheduled"),
    "cancelled-session": ("cancelled", "doc", "north", "px", timedelta(days=4), "cancelled"),
    "south-session": ("south-pat", "south-doc", "south", "south-px", timedelta(days=2, hours=3), "scheduled"),
    "glass-session": ("glass", "south-doc", "south", None, timedelta(days=5), "scheduled"),
}


def rows(now: datetime) -> Iterator[Row]:
    """Yield the rows in an order in which they can be stored."""
    for name, (patient, doctor, facility, after, status) in APPOINTMENTS.items():
        yield row(
            "appointments",
            name,
            patient_id=uid(patient),
            doctor_id=uid(doctor),
            facility_id=uid(facility),
            scheduled_at=now + after,
            status=status,
            notes=mark(name, "notes"),
        )
    for device in DEVICES.values():
        yield _device(device.name)
        if device.kind == "physio":
            patient_id = uid(device.patient) if device.patient else None
            model = mark(device.name, "model")
            yield row("physio_devices", device.name, id=device.number, patient_id=patient_id, model=model)
    yield from _plans(now)
    for name, parts in SESSIONS.items():
        yield _session(now, name, *parts)


def _device(name: str) -> Row:
    device = DEVICES[name]
    return row(
        "devices",
        name,
        id=device.number,
        kind=device.kind,
        protocol="hub",
        name=mark(name, "name"),
        ambulance_id=AMBULANCES[device.ambulance] if device.ambulance else None,
        facility_id=uid(device.facility) if device.facility else None,
    )


def _plans(now: datetime) -> Iterator[Row]:
    today = now.date()
    for name, (patient, doctor, status, last) in PLANS.items():
        yield row(
            "workout_plans",
            name,
            patient_id=uid(patient),
            created_by=uid(doctor),
            joint=JOINT,
            start_date=today - timedelta(days=60),
            end_date=None if last is None else today + timedelta(days=last),
            notes=mark(name, "notes"),
            status=status,
        )
        exercise = f"{name}-bends"
        yield row(
            "plan_exercises",
            exercise,
            plan_id=uid(name),
            name=mark(exercise, "name"),
            target_reps=10,
            target_angle=90.0,
            day_of_week=1,
            last_day=today - timedelta(days=54),  # it was due on one Monday
        )
        if name in TICKED:
            yield row(
                *("exercise_ticks", f"{name}-tick"),
                exercise_id=uid(exercise),
                patient_id=uid(patient),
                day=today - timedelta(days=1),
                reps=4,
            )
        yield row("rehab_progress", f"{name}-progress", plan_id=uid(name))


def _session(
    now: datetime,
    name: str,
    patient: str,
    doctor: str,
    facility: str | None,
    device: str | None,
    after: timedelta,
    status: str,
) -> Row:
    values: dict[str, Any] = {}
    if status in ("in_progress", "completed"):
        values["started_at"] = now + after
    return row(
        "physio_sessions",
        name,
        patient_id=uid(patient),
        therapist_id=uid(doctor),
        facility_id=uid(facility) if facility else None,
        device_id=DEVICES[device].number if device else None,
        scheduled_at=now + after,
        status=status,
        joint=JOINT,
        notes=mark(name, "notes"),
        **values,
    )
