"""The scopes of the access matrix that mean the same in many tables, as SQL about a column.

All are sets of ids, so that PostgreSQL makes each once for a list, not once for a row.
"""

from __future__ import annotations


def in_care(patient: str) -> str:
    """`care`: the patient has, or had not long ago, something to do with the doctor who asks."""
    return f"{patient} IN (SELECT patients_in_care(:user_id, :now, :care_days))"


def broken_glass(patient: str) -> str:
    """`bg`: who asks has given a reason to see this patient, at most an hour ago."""
    return f"{patient} IN (SELECT patients_behind_broken_glass(:user_id, :now))"


def with_business_here(patient: str) -> str:
    """`facpt`: the patient has an appointment, a request or a payment at the facility of who asks."""
    return f"{patient} IN (SELECT patients_with_business(:facility_id))"


def where_doctor_works(facility: str) -> str:
    """`fac` of a doctor: a facility that the doctor who asks works at."""
    return f"{facility} IN (SELECT facilities_of_doctor(:user_id))"
