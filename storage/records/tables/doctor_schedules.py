"""Weekly windows in which a doctor sees patients at a facility."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Check, Column, Entity, Filter, Sort, Word
from storage.records.kinds import INTEGER, KEY, TIME
from storage.records.tables.doctor_facilities import DOCTOR, FACILITY

DOCTOR_SCHEDULES = Entity(
    name="doctor_schedules",
    singular="a weekly window",
    about="Weekly windows in which a doctor sees patients at a facility.",
    columns=(
        Column(name="id", kind=KEY, about="The window."),
        Column(name="doctor_id", kind=KEY, about="Who sees patients.", create="must", references="doctors"),
        Column(name="facility_id", kind=KEY, about="Where.", create="must", references="facilities"),
        Column(
            name="day_of_week",
            kind=INTEGER,
            about="ISO: 1 = Monday … 7 = Sunday; the local day on which the window starts.",
            create="must",
            change=True,
            minimum=1,
            maximum=7,
        ),
        Column(
            name="start_time",
            kind=TIME,
            about="In the time zone of the facility.",
            create="must",
            change=True,
            example="09:00:00",
        ),
        Column(
            name="end_time",
            kind=TIME,
            about="In the time zone of the facility; before start_time: on the next day.",
            create="must",
            change=True,
            example="13:00:00",
        ),
    ),
    scopes={
        "DR:own": "r.doctor_id = :user_id",
        "DR:fac": scopes.where_doctor_works("r.facility_id"),
        "fac": "r.facility_id = :facility_id",
    },
    words={"free_busy": Word(fields=("id", "doctor_id", "facility_id", "day_of_week", "start_time", "end_time"))},
    owners={"DR": "doctor_id"},
    facility="facility_id",
    filters=(Filter("doctor_id"), Filter("facility_id"), Filter("day_of_week")),
    sorts=(Sort("day_of_week"), Sort("start_time")),
    embeds=(DOCTOR, FACILITY),
    checks=(
        Check("r.start_time <> r.end_time", "end_time", "a window has a length", "doctor_schedules_window"),
        Check(
            "r.facility_id IN (SELECT facilities_of_doctor(r.doctor_id))",
            "doctor_id",
            "the doctor does not work at this facility",
        ),
    ),
    conflicts={"doctor_schedules_once": "the doctor has a window that starts at this time already"},
)
