"""Callers and their codes."""

from __future__ import annotations

from uuid import UUID

import pytest

from hub.access.policy import allowed
from hub.access.principal import ANONYMOUS, Principal, device_codes, user_codes
from hub.access.scopes import AmbulanceReach, ambulance_reach
from hub.errors import Forbidden

ME = UUID(int=1)
HERE = UUID(int=2)


@pytest.mark.parametrize(
    ("role", "desk", "duty", "codes"),
    [
        ("patient", None, None, {"PT"}),
        ("doctor", None, None, {"DR"}),
        ("admin", None, None, {"AD"}),
        ("staff", "receptionist", None, {"RC"}),
        ("staff", "admin", None, {"SA"}),
        ("staff", "receptionist", "dispatcher", {"RC", "DP"}),
        ("staff", "admin", "supervisor", {"SA", "SV"}),
        ("staff", None, None, set()),
        ("patient", "admin", "supervisor", {"PT"}),
    ],
)
def test_a_user_s_codes_follow_from_role_desk_and_duty(
    role: str, desk: str | None, duty: str | None, codes: set[str]
) -> None:
    assert user_codes(role, desk, duty) == codes


def test_a_device_has_one_code() -> None:
    assert device_codes("tablet") == {"TB"}
    assert device_codes("physio") == {"PX"}


def test_a_caller_has_one_name() -> None:
    assert Principal(frozenset({"PT"}), user_id=ME).key == f"user:{ME}"
    assert Principal(frozenset({"TB"}), device_id=7).key == "device:7"
    assert ANONYMOUS.key == "anonymous"


def test_rules_of_all_codes_count_together() -> None:
    both = Principal(frozenset({"RC", "DP"}), user_id=ME, facility_id=HERE)
    assert {rule.code for rule in allowed(both, "ambulances.R")} == {"RC", "DP"}
    assert ambulance_reach(both) == AmbulanceReach(everything=True)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("PT", AmbulanceReach(patient_id=ME, fields=frozenset({"current_location", "eta", "plate_number"}))),
        ("DR", AmbulanceReach(doctor_id=ME, fields=frozenset({"status", "eta"}))),
        ("RC", AmbulanceReach(facility_id=HERE, fields=frozenset({"status", "eta"}))),
        ("SA", AmbulanceReach(facility_id=HERE, fields=frozenset({"status", "eta"}))),
        ("TB", AmbulanceReach(ambulance_id=9)),
        ("AD", AmbulanceReach(everything=True)),
    ],
)
def test_the_reach_of_each_code_on_ambulances(code: str, expected: AmbulanceReach) -> None:
    caller = Principal(frozenset({code}), user_id=ME, facility_id=HERE, ambulance_id=9)
    assert ambulance_reach(caller) == expected


@pytest.mark.parametrize("codes", [set(), {"AN"}, {"PX"}, {"SY"}])
def test_who_has_no_rule_reads_nothing(codes: set[str]) -> None:
    with pytest.raises(Forbidden):
        ambulance_reach(Principal(frozenset(codes), user_id=ME))
