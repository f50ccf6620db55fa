"""Calls for an ambulance. Their progress follows from assignments, which are commands of the dispatchers."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Check, Column, Embed, Entity, Filter, Sort, Word, embedded_person
from storage.records.kinds import BIGINT, BOOLEAN, INTEGER, KEY, MOMENT, PHONE, PLACE, TEXT

_COLUMNS = (
    Column(name="id", kind=KEY, about="The request."),
    Column(
        name="patient_id",
        kind=KEY,
        about="For whom; none when a bystander calls, linked later.",
        nullable=True,
        create="may",
        change=True,
        references="patients",
    ),
    Column(name="ambulance_id", kind=BIGINT, about="The unit that now has it.", nullable=True, references="ambulances"),
    Column(
        name="pickup_location",
        kind=PLACE,
        about="Where to; none when only location_note is known.",
        nullable=True,
        create="may",
        change=True,
    ),
    Column(
        name="destination",
        kind=TEXT,
        about="Where the patient is to be taken, in words.",
        nullable=True,
        create="may",
        change=True,
        maximum=500,
    ),
    Column(
        name="destination_facility_id",
        kind=KEY,
        about="The hospital that it goes to.",
        nullable=True,
        create="may",
        change=True,
        references="facilities",
    ),
    Column(
        name="destination_location",
        kind=PLACE,
        about="Where that is, if it is no facility.",
        nullable=True,
        create="may",
        change=True,
    ),
    Column(name="requested_at", kind=MOMENT, about="When the call was received (NEMSIS eTimes.01).", change=True),
    Column(
        name="status",
        kind=TEXT,
        about="Where it stands; beside cancelling it follows from the assignments.",
        change=True,
        choices=(
            *("received", "queued", "assigned", "on_scene", "transporting", "at_destination"),
            *("completed", "cancelled", "duplicate"),
        ),
    ),
    Column(
        name="priority",
        kind=INTEGER,
        about="1 critical, 2 emergent, 3 lower, 4 scheduled.",
        create="may",
        change=True,
        minimum=1,
        maximum=4,
    ),
    Column(
        name="needs",
        kind=TEXT,
        about="What the unit has to be able to do; none = what its priority asks for.",
        nullable=True,
        create="may",
        change=True,
        choices=("transport", "basic", "advanced", "neonatal"),
    ),
    Column(name="caller", kind=TEXT, about="Who called.", nullable=True, create="may", change=True, maximum=200),
    Column(
        name="callback_number",
        kind=TEXT,
        about="Number of the caller.",
        nullable=True,
        create="may",
        change=True,
        maximum=40,
        pattern=PHONE,
    ),
    Column(
        name="complaint",
        kind=TEXT,
        about="What has happened, in the caller's words.",
        nullable=True,
        create="may",
        change=True,
        maximum=2_000,
    ),
    Column(
        name="location_note",
        kind=TEXT,
        about="How to find the place.",
        nullable=True,
        create="may",
        change=True,
        maximum=1_000,
    ),
    Column(
        name="notes",
        kind=TEXT,
        about="Clinical text: never shown to reception.",
        nullable=True,
        change=True,
        maximum=10_000,
    ),
    Column(
        name="scheduled_for",
        kind=MOMENT,
        about="When it is wanted, where it is not wanted at once.",
        nullable=True,
        create="may",
        change=True,
    ),
    Column(
        name="facility_id",
        kind=KEY,
        about="The facility on whose behalf it was asked for.",
        nullable=True,
        references="facilities",
    ),
    Column(name="unserved_since", kind=MOMENT, about="Since when no unit can take it.", nullable=True),
    Column(
        name="cancel_reason",
        kind=TEXT,
        about="Why it was cancelled.",
        nullable=True,
        change=True,
        minimum=1,
        maximum=500,
    ),
    Column(
        name="duplicate_of",
        kind=KEY,
        about="The request that it repeats.",
        nullable=True,
        references="ambulance_requests",
    ),
    Column(name="created_by", kind=KEY, about="Who wrote it down.", nullable=True, references="users"),
    Column(
        name="source",
        kind=TEXT,
        about="app: the patient's own. desk: reception. phone, radio: dispatchers.",
        choices=("phone", "app", "desk", "radio"),
    ),
    Column(
        name="is_verified",
        kind=BOOLEAN,
        about="False: made in the app by an account without a proven number; only a person offers it to a unit.",
    ),
    Column(name="back_entered", kind=BOOLEAN, about="Entered afterwards from paper, with the times written there."),
    Column(
        name="eta_at",
        kind=MOMENT,
        about="When the unit that has it should be there; none while none is on its way.",
        nullable=True,
        volatile=True,
    ),
    Column(name="closed_at", kind=MOMENT, about="When it ended.", nullable=True, change=True),
    Column(name="version", kind=INTEGER, about="Raised by every change."),
)
_CLINICAL = ("complaint", "notes")
_OPEN = ("received", "queued", "assigned", "on_scene", "transporting", "at_destination")
_OF_A_DESK = "SELECT t.facility_id FROM staff t WHERE t.id = :user_id AND t.duty IS NULL"

AMBULANCE_REQUESTS = Entity(
    name="ambulance_requests",
    singular="a request for an ambulance",
    about="Calls for an ambulance.",
    columns=_COLUMNS,
    scopes={
        "PT:own": "r.patient_id = :user_id",
        "DR:fac": scopes.where_doctor_works("r.destination_facility_id"),
        "fac": "r.destination_facility_id = :facility_id",
        "asg": f"r.id IN (SELECT q.id {scopes.requests_on_their_way('s.ambulance_id = :ambulance_id')})",
    },
    owners={"PT": "patient_id"},
    stamps={
        "created_by": ":user_id",
        "facility_id": f"({_OF_A_DESK})",
        "source": "CASE WHEN EXISTS (SELECT FROM patients p WHERE p.id = :user_id) THEN 'app'"
        f" WHEN EXISTS ({_OF_A_DESK}) THEN 'desk' ELSE 'phone' END",
        "is_verified": "NOT EXISTS (SELECT FROM patients p JOIN users u ON u.id = p.id"
        " WHERE p.id = :user_id AND u.phone_verified_at IS NULL)",
    },
    words={
        "inbound": Word(
            fields=tuple(column.name for column in _COLUMNS if column.name not in _CLINICAL),
            rows=f"r.status IN {scopes.OPEN_REQUEST}",
        ),
        "cancel while open": Word(fields=("status", "cancel_reason"), moves=("cancelled",)),
        # Assigning, and each stage of an assignment, is a command of its own.
        "assign": Word(),
        "stage": Word(),
        "stage forward only": Word(),
        "priority": Word(fields=("priority", "needs")),
        "patient": Word(fields=("patient_id",)),
        "pickup_location": Word(fields=("pickup_location", "location_note")),
        "destination": Word(fields=("destination", "destination_facility_id", "destination_location")),
        "also corrections of times": Word(),  # beside every field that anybody changes
    },
    moves=dict.fromkeys(_OPEN, ("cancelled",)),
    filters=(
        *(Filter("status"), Filter("priority"), Filter("patient_id"), Filter("ambulance_id")),
        *(Filter("destination_facility_id"), Filter("facility_id"), Filter("requested_at", span=True)),
    ),
    sorts=(Sort("requested_at", descends=True), Sort("priority")),
    search=("r.caller", "r.callback_number"),
    embeds=(
        embedded_person("patient"),
        Embed(
            name="ambulance",
            join="LEFT JOIN ambulances vehicle ON vehicle.id = r.ambulance_id",
            columns=(("id", "vehicle.id"), ("plate_number", "vehicle.plate_number")),
        ),
    ),
    checks=(
        Check(
            "r.status <> 'cancelled' OR r.cancel_reason IS NOT NULL",
            "cancel_reason",
            "say why it is cancelled",
            "ambulance_requests_cancelled_why",
        ),
        Check("r.status = 'cancelled' OR r.cancel_reason IS NULL", "cancel_reason", "it is not cancelled"),
        Check("r.closed_at >= r.requested_at", "closed_at", "it ends after it was received"),
    ),
    patient="r.patient_id",
    urgent=True,
)
