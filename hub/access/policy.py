"""Who may do what: the access matrix as typed rules, and the one question that everything asks of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from hub.access.matrix import MATRIX
from hub.access.principal import Principal

CODES = ("AN", "PT", "DR", "RC", "SA", "DP", "SV", "AD", "TB", "PX", "SY")


class Scope(StrEnum):
    """Which rows a rule is about."""

    OWN = "own"  # the caller's row
    CARE = "care"  # of a patient in active care
    FACILITY = "fac"  # a row of the caller's facility
    FACILITY_PATIENT = "facpt"  # a patient with business at the caller's facility
    ASSIGNED = "asg"  # the request that is now assigned to this ambulance
    BOUND = "bound"  # the physio session that this device is bound to
    PARTY = "part"  # sender or recipient
    PARENT = "par"  # as the parent row
    BREAK_GLASS = "bg"  # a stated reason, at most 60 min, audited, the patient is told
    ALL = "*"


class Rule(NamedTuple):
    """One allowed thing: this code, these rows, and under this condition or only these fields."""

    code: str
    scope: Scope
    condition: str | None = None


class MatrixError(ValueError):
    """A line of the matrix that cannot be read."""


_PRINCIPAL = re.compile(r"(?:^|\s+)([A-Z]{2}):")
_GRANT = re.compile(r"([a-z*]+)(?:\{([^}]*)\})?")


def parse(text: str) -> Mapping[str, tuple[Rule, ...]]:
    """Return the rules of each action of a matrix; raises MatrixError."""
    rules: dict[str, tuple[Rule, ...]] = {}
    for line in filter(str.strip, text.splitlines()):
        action, _, grants = line.partition(" ")
        if action in rules:
            raise MatrixError(f"{action} is declared twice")
        rules[action] = _parse_grants(action, grants.strip())
    return MappingProxyType(rules)


def _parse_grants(action: str, text: str) -> tuple[Rule, ...]:
    if text.startswith("("):  # a remark: the action is guarded outside of the matrix
        return ()
    parts = _PRINCIPAL.split(text)
    if parts[0].strip():
        raise MatrixError(f"{action}: no code before {parts[0]!r}")
    rules: list[Rule] = []
    for code, grants in zip(parts[1::2], parts[2::2], strict=True):
        if code not in CODES:
            raise MatrixError(f"{action}: no such code {code}")
        rules.extend(Rule(code, scope, condition) for scope, condition in _parse_scopes(action, grants))
    return tuple(rules)


def _parse_scopes(action: str, text: str) -> list[tuple[Scope, str | None]]:
    found = []
    position = 0
    while True:
        match = _GRANT.match(text, position)
        if match is None:
            raise MatrixError(f"{action}: cannot read {text!r}")
        found.append((Scope(match[1]), match[2]))
        position = match.end()
        if position == len(text.rstrip()):
            return found
        if text[position] != ",":
            raise MatrixError(f"{action}: cannot read {text!r}")
        position += 1


RULES = parse(MATRIX)


def rules_of(action: str) -> tuple[Rule, ...]:
    """Return every rule of an action, by its own line or its table's `.*`; raises KeyError for one without a line."""
    if action in RULES:
        return RULES[action]
    return RULES[f"{action.partition('.')[0]}.*"]


def allowed(principal: Principal, action: str) -> tuple[Rule, ...]:
    """Return the rules that let this caller do this action; empty means denied."""
    return _allowed(principal.codes, action)


@lru_cache(maxsize=4_096)
def _allowed(codes: frozenset[str], action: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules_of(action) if rule.code in codes)


def sees_all(rules: tuple[Rule, ...]) -> bool:
    """Say whether one of the rules covers every row, with every field."""
    return any(rule.scope is Scope.ALL and rule.condition is None for rule in rules)
