"""People who work at the desk of one facility."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Check, Column, Embed, Entity, Filter, Sort, Word
from storage.records.kinds import KEY, TEXT

STAFF = Entity(
    name="staff",
    singular="a member of staff",
    about="People who work at the desk of one facility.",
    joins="JOIN users person ON person.id = r.id",
    columns=(
        Column(name="id", kind=KEY, about="The person, by the id of their account."),
        Column(
            name="user_id",
            kind=KEY,
            about="The account that becomes one of staff; the same as id.",
            create="must",
            references="users",
            source="r.id",
        ),
        Column(name="name", kind=TEXT, about="As in their account.", source="person.name"),
        Column(name="email", kind=TEXT, about="As in their account.", nullable=True, source="person.email"),
        Column(name="phone", kind=TEXT, about="As in their account.", nullable=True, source="person.phone"),
        Column(name="facility_id", kind=KEY, about="Where they work.", create="must", references="facilities"),
        Column(
            name="role",
            kind=TEXT,
            about="receptionist, or admin (of this facility). Changed by an admin of the platform, as a command.",
            create="must",
            choices=("receptionist", "admin"),
        ),
        Column(
            name="duty",
            kind=TEXT,
            about="dispatcher: works the ambulance board. supervisor: also corrects and reassigns.",
            nullable=True,
            create="may",
            change=True,
            choices=("dispatcher", "supervisor"),
        ),
    ),
    scopes={
        "RC:own": "r.id = :user_id",
        "DR:fac": scopes.where_doctor_works("r.facility_id"),
        "fac": "r.facility_id = :facility_id",
    },
    words={
        "pub": Word(fields=("id", "user_id", "name", "facility_id", "role", "duty")),
        # Who leads the dispatchers of every facility is not for one facility to say.
        "receptionist only": Word(rows="r.role = 'receptionist' AND r.duty IS DISTINCT FROM 'supervisor'"),
    },
    facility="facility_id",
    filters=(Filter("facility_id"), Filter("role"), Filter("duty")),
    sorts=(Sort("name"),),
    search=("person.name",),
    embeds=(
        Embed(
            name="facility",
            join="LEFT JOIN facilities place ON place.id = r.facility_id",
            columns=(("id", "place.id"), ("name", "place.name")),
        ),
    ),
    checks=(
        Check(
            "EXISTS (SELECT FROM users u WHERE u.id = r.id AND u.role = 'staff')", "user_id", "no such account of staff"
        ),
    ),
    conflicts={"staff_pkey": "this account works at a facility already"},
)
