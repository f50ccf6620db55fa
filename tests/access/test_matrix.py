"""The written matrix, the enforced rules and the routes say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handlers.routes import DEVICE_SOCKET, LIVE_SOCKET, ROUTES
from hub.access import policy
from hub.access.policy import CODES, RULES, Rule

PAGE = Path(__file__).with_name("matrix.md")
ORIGINAL = Path(__file__).parents[2].parent / "shared" / "access.md"


def _lines(page: Path) -> list[str]:
    """The lines of a page's matrix blocks."""
    blocks = re.findall(r"```matrix\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def _cells(lines: list[str]) -> set[tuple[str, str, str, str | None]]:
    """Every (action, code, scope, condition), read by other means than the policy's own parser."""
    cells = set()
    for line in lines:
        action, _, rest = line.partition(" ")
        code, depth, word = "", 0, ""
        for character in f"{rest} ":
            depth += (character == "{") - (character == "}")
            if depth == 0 and character in " ,":
                if ":" in word.partition("{")[0]:
                    code, _, word = word.partition(":")
                if word and code and not rest.startswith("("):
                    scope, brace, condition = word.partition("{")
                    cells.add((action, code, scope, condition.removesuffix("}") if brace else None))
                word = ""
            else:
                word += character
    return cells


def test_the_code_and_the_page_agree_cell_by_cell() -> None:
    enforced = {
        (action, rule.code, rule.scope.value, rule.condition) for action, rules in RULES.items() for rule in rules
    }
    assert enforced == _cells(_lines(PAGE))


def test_the_code_and_the_page_have_the_same_actions() -> None:
    assert list(RULES) == [line.split()[0] for line in _lines(PAGE)]


def test_the_lines_that_the_page_started_from_are_unchanged() -> None:
    if not ORIGINAL.exists():
        pytest.skip("the matrix that this one extends is not here")
    ours = _lines(PAGE)
    assert [line for line in _lines(ORIGINAL) if line not in ours] == []


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
        assert route.public == anonymous, route.path


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
