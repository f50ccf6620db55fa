"""The scopes of the access matrix that mean the same in many tables, as SQL about a column.

All are sets of ids, so that PostgreSQL makes each once for a list, not once for a row. Sets that are small are arrays:
an index finds the rows of an array also where another scope is asked for beside it. A large set is looked up by hash.
"""

from __future__ import annotations

from typing import Final

# An assignment counts from being accepted to being cleared: an offer is none yet.
ON_ITS_WAY: Final = "('accepted', 'en_route', 'on_scene', 'transporting', 'at_destination')"
LIVE: Final = "('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination')"
OPEN_REQUEST: Final = "('received', 'queued', 'assigned', 'on_scene', 'transporting', 'at_destination')"


def in_care(patient: str) -> str:
    """`care`: the patient has, or had not long ago, something to do with the doctor who asks."""
    return f"{patient} = ANY (ARRAY(SELECT patients_in_care(:user_id, :now, :care_days)))"


def broken_glass(patient: str) -> str:
    """`bg`: who asks has given a reason to see this patient, at most an hour ago."""
    return f"{patient} = ANY (ARRAY(SELECT patients_behind_broken_glass(:user_id, :now)))"


def with_business_here(patient: str) -> str:
    """`facpt`: the patient has an appointment, a request or a payment at the facility of who asks."""
    return f"{patient} IN (SELECT patients_with_business(:facility_id))"


def where_doctor_works(facility: str) -> str:
    """`fac` of a doctor: a facility that the doctor who asks works at."""
    return f"{facility} = ANY (ARRAY(SELECT facilities_of_doctor(:user_id)))"


def works_here(person: str) -> str:
    """`fac` of a person: a doctor or one of the staff of the facility of who asks."""
    return (
        f"{person} IN (SELECT id FROM staff WHERE facility_id = :facility_id"
        " UNION SELECT doctor_id FROM doctor_facilities WHERE facility_id = :facility_id)"
    )


def requests_on_their_way(ambulance: str) -> str:
    """Return a subquery: the requests `q` that an ambulance, or any with `true`, is on its way for."""
    return (
        "FROM assignments s JOIN ambulance_requests q ON q.id = s.request_id"
        f" WHERE s.status IN {ON_ITS_WAY} AND ({ambulance})"
    )


def plans(held: str) -> str:
    """Return a subquery: the ids of the workout plans `p` of which SQL holds."""
    return f"(SELECT p.id FROM workout_plans p WHERE {held})"
