"""How far a caller reaches into a table: the rules of the matrix in the words of the table's declaration. Pure."""

from __future__ import annotations

from functools import lru_cache

from hub.access.policy import RULES, Rule, Scope, rules_of
from hub.access.principal import Principal
from storage.records import catalog
from storage.records.entity import Entity
from storage.records.reach import ALL, PARENT, Reach


def reaches(principal: Principal, entity: Entity, verb: str) -> tuple[Reach, ...]:
    """Return what a caller reaches of a table with a verb of the matrix (R, C, U, D); empty means denied.

    Raises KeyError for a scope or a word that the table does not declare, which is a fault of the declaration.
    """
    return reaches_of(principal.codes, entity, verb)


@lru_cache(maxsize=1_024)
def reaches_of(codes: frozenset[str], entity: Entity, verb: str) -> tuple[Reach, ...]:
    """Return what callers with these codes reach."""
    rules = [rule for rule in rules_for(entity, verb) if rule.code in codes]
    return tuple(dict.fromkeys(reach_of(entity, rule, verb) for rule in rules))


def rules_for(entity: Entity, verb: str) -> tuple[Rule, ...]:
    """Return the rules of a verb; nobody's where the matrix has lines of the table, and none of the verb."""
    try:
        return rules_of(f"{entity.name}.{verb}")
    except KeyError:
        if any(action.partition(".")[0] == entity.name for action in RULES):
            return ()
        raise


def reach_of(entity: Entity, rule: Rule, verb: str) -> Reach:
    """Return one rule as it applies to a table."""
    said = words_of(entity, rule.condition)
    if rule.scope is Scope.ALL:
        return Reach(ALL, said)
    if rule.scope is Scope.PARENT:
        return Reach(PARENT, said, _within(entity, rule.code, verb))
    return Reach(_scope_key(entity, rule), said)


def words_of(entity: Entity, condition: str | None) -> tuple[str, ...]:
    """Return the words of a rule's braces: the whole text where it is declared, else its parts; raises KeyError."""
    if condition is None:
        return ()
    if condition in entity.words:
        return (condition,)
    said = tuple(part.strip() for part in condition.split(","))
    for word in said:
        if word not in entity.words:
            entity.column(word)
    return said


def _scope_key(entity: Entity, rule: Rule) -> str:
    for key in (f"{rule.code}:{rule.scope}", str(rule.scope)):
        if key in entity.scopes:
            return key
    raise KeyError(f"{entity.name} does not say what {rule.code}:{rule.scope} is")


def _within(entity: Entity, code: str, verb: str) -> tuple[Reach, ...]:
    """Return the reaches of the parent: who may read it reads its parts, who may change it changes them."""
    if entity.parent is None:
        raise KeyError(f"{entity.name} has no parent")
    return reaches_of(frozenset({code}), catalog.entity(entity.parent.table), "R" if verb == "R" else "U")
