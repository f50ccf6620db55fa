"""What sensors measured, a reading a row; for charts and files of a whole session see its /motion."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Column, Entity, Filter, Sort
from storage.records.joints import JOINTS
from storage.records.kinds import INTEGER, KEY, MOMENT, NUMBER, TEXT


def _sessions(held: str) -> str:
    return f"r.session_id IN (SELECT p.id FROM physio_sessions p WHERE {held})"


JOINT_MOTION_LOGS = Entity(
    name="joint_motion_logs",
    singular="a reading",
    about="What sensors measured in a physiotherapy session: a row a joint and sample.",
    columns=(
        Column(name="id", kind=KEY, about="The reading."),
        Column(name="session_id", kind=KEY, about="In which session.", references="physio_sessions"),
        Column(name="timestamp", kind=MOMENT, about="When it was measured."),
        Column(name="joint", kind=TEXT, about="Of which joint.", choices=JOINTS),
        Column(name="angle", kind=NUMBER, about="Degrees, 0 = anatomical position."),
        Column(
            name="repetition", kind=INTEGER, about="The number of the repetition that it belongs to.", nullable=True
        ),
    ),
    scopes={
        "PT:own": _sessions("p.patient_id = :user_id"),
        "care": _sessions(scopes.in_care("p.patient_id")),
        "bg": _sessions(scopes.broken_glass("p.patient_id")),
        "bound": _sessions("p.device_id = :device_id AND p.status = 'in_progress'"),
    },
    filters=(
        Filter("session_id", required=True),
        Filter("joint"),
        Filter("repetition"),
        Filter("timestamp", span=True),
    ),
    sorts=(Sort("timestamp"),),
    one=False,
    patient="(SELECT p.patient_id FROM physio_sessions p WHERE p.id = r.session_id)",
)
