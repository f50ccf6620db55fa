"""Which device is connected to which hub."""

from __future__ import annotations

from hub.exchange.presence import FRESH_S, Presence


def test_the_newest_connection_counts_and_a_hub_that_is_gone_has_none() -> None:
    presence = Presence()
    presence.heard("A", [(1, 100), (2, 100)], 0.0)
    presence.heard("B", [(1, 200)], 0.0)
    assert (presence.where(1), presence.where(2), presence.where(3), presence.count()) == ("B", "A", None, 3)
    presence.heard("B", [(1, 0)], 1.0)
    assert presence.where(1) == "A"
    presence.drop("A")
    assert (presence.where(1), presence.count()) == (None, 0)


def test_a_table_replaces_what_was_known_of_its_partition_but_not_what_was_heard_just_now() -> None:
    presence = Presence()
    presence.heard("A", [(1, 100), (5, 100), (2, 100)], 0.0)
    presence.heard("A", [(9, 100), (5, 0)], FRESH_S)
    presence.replace({"A": [(5, 100), (13, 100)]}, 1, 4, FRESH_S + 0.1)
    assert {key: presence.where(key) for key in (1, 2, 5, 9, 13)} == {1: None, 2: "A", 5: None, 9: "A", 13: "A"}
    presence.replace({}, 1, 4, 3 * FRESH_S)
    assert [presence.where(key) for key in (1, 2, 5, 9, 13)] == [None, "A", None, None, None]


def test_those_who_went_are_forgotten_after_a_while() -> None:
    presence = Presence()
    presence.heard("A", [(key, 100) for key in range(100)], 0.0)
    presence.heard("A", [(key, 0) for key in range(100)], 1.0)
    presence.tidy(1.0)
    assert len(presence._hubs["A"]) == 100
    presence.tidy(1.0 + FRESH_S)
    assert not presence._hubs["A"]
