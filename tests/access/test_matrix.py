"""The written matrix, the enforced rules and the routes say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.routes import DEVICE_SOCKET, LIVE_SOCKET, ROUTES
from hub.access import policy
from hub.access.policy import CODES, RULES, Rule
from tests.access.page import PAGE, Grant, lines, matrix

REGISTERED = ("users.C", "patients.C")  # what strangers add with their registration, and not by these routes
ORIGINAL = Path(__file__).parents[2].parent / "shared" / "access.md"


def test_the_code_and_the_page_agree_cell_by_cell() -> None:
    enforced = {
        action: tuple(Grant(action, rule.code, rule.scope.value, rule.condition) for rule in rules)
        for action, rules in RULES.items()
    }
    assert enforced == matrix()


def test_the_code_and_the_page_have_the_same_actions() -> None:
    assert list(RULES) == [line.split()[0] for line in lines(PAGE)]


def test_the_lines_that_the_page_started_from_are_unchanged() -> None:
    if not ORIGINAL.exists():
        pytest.skip("the matrix that this one extends is not here")
    ours = lines(PAGE)
    assert [line for line in lines(ORIGINAL) if line not in ours] == []


def test_every_route_and_socket_has_a_line() -> None:
    actions = {route.action for route in ROUTES} | {DEVICE_SOCKET.action, LIVE_SOCKET.action, "openapi.R", "pages.R"}
    for action in actions:
        assert policy.rules_of(action), action


def test_an_action_without_a_line_is_a_mistake_not_a_denial() -> None:
    with pytest.raises(KeyError):
        policy.rules_of("weapons.R")


def test_every_code_of_the_matrix_has_a_rule_somewhere() -> None:
    assert {rule.code for rules in RULES.values() for rule in rules} == set(CODES)


def test_public_routes_are_exactly_those_that_the_anonymous_may_use() -> None:
    for route in ROUTES:
        anonymous = any(rule.code == "AN" for rule in policy.rules_of(route.action))
        assert (route.public or route.open) == (anonymous and route.action not in REGISTERED), route.path


def test_a_rule_is_read_with_its_scope_and_condition() -> None:
    rules = policy.parse("plans.R  PT:own DR:care,bg RC:fac{time, status} AD:*\nplans.D\n")
    assert rules["plans.D"] == ()
    assert rules["plans.R"][3] == Rule("RC", policy.Scope.FACILITY, "time, status")
    assert [rule.scope.value for rule in rules["plans.R"]] == ["own", "care", "bg", "fac", "*"]
    assert [rule.code for rule in rules["plans.R"]] == ["PT", "DR", "DR", "RC", "AD"]


@pytest.mark.parametrize("line", ["a.R XX:own", "a.R own", "a.R PT:mine", "a.R PT:own;fac", "a.R PT:own\na.R DR:own"])
def test_a_line_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        policy.parse(line)
