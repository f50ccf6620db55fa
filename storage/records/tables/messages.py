"""Direct messages between two users who have a care or facility relation."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Check, Column, Entity, Filter, Sort, Word
from storage.records.kinds import BIGINT, BOOLEAN, KEY, MOMENT, TEXT

_STAFF = "r.receiver_id IN (SELECT t.id FROM staff t WHERE {})"
_CARE_DOCTOR = "r.receiver_id IN (SELECT doctors_caring(:user_id, :now, :care_days))"
_STAFF_OF_A_RELATED_FACILITY = _STAFF.format("t.facility_id IN (SELECT facilities_with_business(:user_id))")
_STAFF_OF_MY_FACILITIES = _STAFF.format(scopes.where_doctor_works("t.facility_id"))

MESSAGES = Entity(
    name="messages",
    singular="a message",
    about="Direct messages between two users who have a care or facility relation; a correction is a new message.",
    columns=(
        Column(name="id", kind=KEY, about="The message."),
        Column(name="sender_id", kind=KEY, about="Who wrote it.", create="must", references="users"),
        Column(name="receiver_id", kind=KEY, about="Whom it is for.", create="must", references="users"),
        Column(
            name="content",
            kind=TEXT,
            about="What it says.",
            create="must",
            minimum=1,
            maximum=4_000,
            example="The knee is better today.",
        ),
        Column(name="sent_at", kind=MOMENT, about="When it was stored."),
        Column(name="sequence", kind=BIGINT, about="Its place in the order of the server, which has gaps."),
        Column(
            name="client_id",
            kind=TEXT,
            about="Drawn by the sender: a resent message is stored once.",
            nullable=True,
            create="may",
            minimum=1,
            maximum=64,
            example="7f0d2c",
        ),
        Column(
            name="corrects",
            kind=KEY,
            about="The message that this one corrects.",
            nullable=True,
            create="may",
            references="messages",
        ),
        Column(
            name="with_user_id",
            kind=KEY,
            about="The other one of the two, as the caller sees it.",
            references="users",
            source="CASE WHEN r.sender_id = :user_id THEN r.receiver_id ELSE r.sender_id END",
        ),
        Column(name="delivered_at", kind=MOMENT, about="When it reached an open page or app.", nullable=True),
        Column(name="read_at", kind=MOMENT, about="When its recipient marked it as read.", nullable=True),
        Column(
            name="read",
            kind=BOOLEAN,
            about="Its recipient has read it; what is read stays read.",
            change=True,
            source="(r.read_at IS NOT NULL)",
            assigns="read_at = CASE WHEN :value THEN coalesce(r.read_at, :now) ELSE r.read_at END,"
            " delivered_at = CASE WHEN :value THEN coalesce(r.delivered_at, :now) ELSE r.delivered_at END",
        ),
    ),
    scopes={
        "own": "r.sender_id = :user_id",
        "part": "(r.sender_id = :user_id OR r.receiver_id = :user_id)",
    },
    owners=dict.fromkeys(("PT", "DR", "RC", "SA", "AD"), "sender_id"),
    words={
        "recipient": Word(rows="r.receiver_id = :user_id"),
        "to care doctor, staff of a related facility": Word(rows=f"{_CARE_DOCTOR} OR {_STAFF_OF_A_RELATED_FACILITY}"),
        "to care patient, staff of own facility": Word(
            rows=f"{scopes.in_care('r.receiver_id')} OR {_STAFF_OF_MY_FACILITIES}"
        ),
        "to facpt, fac staff, fac doctor": Word(
            rows=f"{scopes.with_business_here('r.receiver_id')} OR {scopes.works_here('r.receiver_id')}"
        ),
        "to staff": Word(rows=_STAFF.format("true")),
    },
    resend=("sender_id", "client_id"),
    filters=(
        *(Filter("with_user_id"), Filter("sender_id"), Filter("receiver_id"), Filter("read")),
        Filter("sent_at", span=True),
    ),
    sorts=(Sort("sequence", descends=True),),
    checks=(
        Check("r.receiver_id <> r.sender_id", "receiver_id", "nobody writes to themself", "messages_two_people"),
        Check(
            "r.corrects IS NULL OR EXISTS (SELECT FROM messages m WHERE m.id = r.corrects"
            " AND m.sender_id = r.sender_id AND m.receiver_id = r.receiver_id)",
            "corrects",
            "it corrects no message of yours to them",
        ),
    ),
)
