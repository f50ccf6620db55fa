"""The audit log as administrators search it, and what a patient is told of it."""

from __future__ import annotations

from storage.records.entity import Column, Embed, Entity, Filter, Sort, embedded_person
from storage.records.kinds import BIGINT, DOCUMENT, KEY, MOMENT, TEXT

AUDIT_LOG = Entity(
    name="audit_log",
    singular="an entry of the audit log",
    about="Who did what to what, reads of clinical data and denials among it; nothing of it is ever changed.",
    key=BIGINT,
    columns=(
        Column(name="id", kind=BIGINT, about="The entry."),
        Column(name="at", kind=MOMENT, about="When it happened."),
        Column(
            name="actor_kind",
            kind=TEXT,
            about="user: a person. device: a tablet or sensor. system: the hub or its commands. anonymous: unknown.",
            choices=("user", "device", "system", "anonymous"),
        ),
        Column(name="actor_id", kind=TEXT, about="The id of that user or device.", nullable=True),
        Column(name="session_id", kind=KEY, about="The sign-in that it was done with.", nullable=True),
        Column(name="action", kind=TEXT, about="A line of the access matrix.", example="appointments.R"),
        Column(name="entity", kind=TEXT, about="The table that it was done to.", example="appointments"),
        Column(name="entity_id", kind=TEXT, about="The row of that table.", nullable=True),
        Column(name="patient_id", kind=KEY, about="Whose data it is about.", nullable=True, references="patients"),
        Column(
            name="outcome",
            kind=TEXT,
            about="denied: it was tried, and not allowed.",
            choices=("allowed", "denied"),
        ),
        Column(name="reason", kind=TEXT, about="Why, where a person had to say so.", nullable=True),
        Column(name="request_id", kind=TEXT, about="The HTTP request, as in the hub's log.", nullable=True),
        Column(
            name="network",
            kind=TEXT,
            about="The address that it came from.",
            nullable=True,
            source="host(r.network)",
            example="10.0.4.17",
        ),
        Column(name="detail", kind=DOCUMENT, about="What changed."),
    ),
    filters=(
        *(Filter("patient_id"), Filter("actor_id"), Filter("actor_kind"), Filter("action"), Filter("entity")),
        *(Filter("entity_id"), Filter("outcome"), Filter("at", span=True)),
    ),
    sorts=(Sort("at", descends=True),),
    embeds=(
        embedded_person("patient"),
        Embed(
            name="actor",
            join="LEFT JOIN users actor ON actor.id = CASE WHEN r.actor_kind = 'user' THEN r.actor_id::uuid END",
            columns=(("id", "actor.id"), ("name", "actor.name"), ("role", "actor.role")),
        ),
    ),
)

RECORD_ACCESSES = Entity(
    name="record_accesses",
    singular="an access to a record",
    about="Who saw or changed what is stored about a patient, as that patient is told.",
    key=BIGINT,
    one=False,
    columns=(
        Column(name="id", kind=BIGINT, about="The entry of the audit log."),
        Column(name="at", kind=MOMENT, about="When it happened."),
        Column(name="name", kind=TEXT, about="Who it was: a person, a device, or the hub.", example="Dr. Meera Rao"),
        Column(
            name="role",
            kind=TEXT,
            about="What they are.",
            choices=("patient", "doctor", "receptionist", "staff admin", "admin", "device", "system"),
        ),
        Column(name="facility", kind=TEXT, about="Where they work.", nullable=True, example="City Hospital"),
        Column(name="action", kind=TEXT, about="A line of the access matrix.", example="appointments.R"),
        Column(name="entity", kind=TEXT, about="What kind of record it was.", example="appointments"),
        Column(
            name="reason",
            kind=TEXT,
            about="What they said when they looked without being one of those who treat the patient.",
            nullable=True,
        ),
    ),
    scopes={"PT:own": "r.patient_id = :user_id"},
    filters=(Filter("entity"), Filter("at", span=True)),
    sorts=(Sort("at", descends=True),),
)
