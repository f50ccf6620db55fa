"""The rules of the matrix in the words of the tables' declarations."""

from __future__ import annotations

import pytest

from hub.access.policy import CODES, Rule, Scope
from hub.access.principal import Principal
from hub.access.reach import reach_of, reaches, reaches_of, rules_for, words_of
from storage.records.catalog import ENTITIES, entity
from storage.records.entity import Entity
from storage.records.reach import Reach, fields, groups, moves, predicate, words

APPOINTMENTS = entity("appointments")
FACILITIES = entity("facilities")


@pytest.mark.parametrize("table", ENTITIES, ids=lambda table: table.name)
def test_every_scope_and_word_of_the_matrix_is_declared(table: Entity) -> None:
    for verb in "RCUD":
        for rule in rules_for(table, verb):
            if rule.code in ("SY", "AN") and verb != "R":
                continue  # the hub itself; and registering, which is a command
            reach = reach_of(table, rule, verb)
            assert predicate(table, reach), (verb, rule)
            assert fields(table, reach) <= {column.name for column in table.columns}, (verb, rule)
            for word in words(table, reach):
                assert set(word.moves) <= {move for held in table.moves.values() for move in held}, (verb, rule)


@pytest.mark.parametrize("table", ENTITIES, ids=lambda table: table.name)
def test_a_declaration_names_nothing_that_it_does_not_have(table: Entity) -> None:
    names = [column.name for column in table.columns]
    assert names[0] == "id"
    assert len(set(names)) == len(names)
    spoken = [one.column for one in table.filters] + [one.column for one in table.sorts]
    spoken += [embed.through for embed in table.embeds] + list(table.owners.values())
    spoken += [check.field for check in table.checks] + ([table.facility] if table.facility else [])
    assert set(spoken) <= set(names)
    assert not {embed.name for embed in table.embeds} & set(names)
    for column in table.columns:
        writable = column.create != "no" or column.change
        assert not writable or column.stored or column.assigns or column.elsewhere, column.name
    for status, led in table.moves.items():
        assert {status, *led} <= set(table.column("status").choices)


def test_words_are_fields_rows_or_moves() -> None:
    (patient,) = reaches(Principal(frozenset({"PT"})), APPOINTMENTS, "U")
    assert patient == Reach("PT:own", ("cancel", "reschedule"))
    assert fields(APPOINTMENTS, patient) >= {"status", "scheduled_at", "duration_min"}
    assert moves(APPOINTMENTS, patient, "scheduled") == {"cancelled"}
    (desk,) = reaches(Principal(frozenset({"RC"})), APPOINTMENTS, "U")
    assert moves(APPOINTMENTS, desk, "scheduled") > {"cancelled", "arrived"}
    assert moves(APPOINTMENTS, desk, "completed") == frozenset()


def test_a_text_in_braces_is_one_word_where_it_is_declared_as_one() -> None:
    inbound = "inbound: status,eta"
    assert words_of(entity("ambulances"), inbound) == (inbound,)
    assert words_of(FACILITIES, "phone,address") == ("phone", "address")
    assert words_of(FACILITIES, None) == ()
    with pytest.raises(KeyError):
        words_of(FACILITIES, "phone,colour")
    with pytest.raises(KeyError):
        reach_of(FACILITIES, Rule("DR", Scope.CARE), "R")


def test_parts_are_reached_as_their_whole() -> None:
    exercises = entity("plan_exercises")
    (read,) = reaches_of(frozenset({"DR"}), exercises, "R")
    assert (read.scope, read.within) == ("par", reaches_of(frozenset({"DR"}), entity("workout_plans"), "R"))
    (write,) = reaches_of(frozenset({"DR"}), exercises, "C")
    assert write.within == reaches_of(frozenset({"DR"}), entity("workout_plans"), "U")
    assert predicate(exercises, read).startswith("(r.plan_id IN (SELECT")


def test_what_everybody_sees_anyway_needs_no_second_group() -> None:
    assert len(groups(FACILITIES, reaches_of(frozenset({"RC"}), FACILITIES, "R"))) == 2
    both = reaches_of(frozenset({"RC", "AD"}), FACILITIES, "R")
    assert [group.rows for group in groups(FACILITIES, both)] == ["true"]


def test_a_verb_without_a_line_is_nobodys_and_a_table_without_one_is_a_mistake() -> None:
    assert rules_for(entity("transactions"), "U") == ()
    assert all(reaches_of(frozenset({code}), APPOINTMENTS, "D") == () for code in CODES)
    with pytest.raises(KeyError):
        rules_for(Entity(name="colours", about="", columns=()), "R")
