"""Looks at a patient without a relation, for a stated reason."""

from __future__ import annotations

from storage.records.entity import Column, Embed, Entity, Filter, Sort, Word, embedded_person
from storage.records.kinds import KEY, MOMENT, TEXT

BREAK_GLASS = Entity(
    name="break_glass",
    singular="a broken glass",
    about="Who looked at a patient without a relation, for a stated reason, for an hour at most; the patient is told.",
    columns=(
        Column(name="id", kind=KEY, about="The look."),
        Column(name="user_id", kind=KEY, about="Who looked.", references="users"),
        Column(name="patient_id", kind=KEY, about="At whom.", references="patients"),
        Column(
            name="reason",
            kind=TEXT,
            about="Why, in the words of who looked; the patient reads them.",
            minimum=10,
            maximum=500,
            example="brought in unconscious, no relatives reached",
        ),
        Column(name="granted_at", kind=MOMENT, about="Since when."),
        Column(name="expires_at", kind=MOMENT, about="Until when."),
    ),
    scopes={"own": "r.user_id = :user_id"},
    words={"a reason, at most 60 min": Word()},  # a command sees to both
    filters=(Filter("user_id"), Filter("patient_id"), Filter("granted_at", span=True)),
    sorts=(Sort("granted_at", descends=True),),
    embeds=(
        Embed(
            name="user",
            join="LEFT JOIN users looker ON looker.id = r.user_id",
            columns=(("id", "looker.id"), ("name", "looker.name")),
        ),
        embedded_person("patient"),
    ),
)
