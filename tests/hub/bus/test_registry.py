"""The server's list of nodes, and what its keys are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.bus.keys import Keys
from hub.bus.registry import Entry, enter, entries, look_up

KEYS = Keys("test")


def test_an_entry_has_the_age_that_the_server_gives_it() -> None:
    answer = [b"5000000", [b"a", b"2000000 beat with spaces", b"b", b"9000000 ", b"c", b"garbage"]]
    assert entries(answer) == [Entry("a", 3.0, b"beat with spaces"), Entry("b", 4.0, b""), Entry("c", 5.0, b"")]


@pytest.mark.parametrize("answer", [None, 1, [], [b"1"], [b"1", 2], [1, [b"a"]], [b"x", [None, None]], RuntimeError()])
def test_another_answer_lists_nobody(answer: object) -> None:
    assert entries(answer) == []


@given(st.binary(), st.lists(st.binary()))
def test_no_bytes_in_the_list_raise_anything(now: bytes, records: list[bytes]) -> None:
    assert all(entry.age_s >= 0 for entry in entries([now, records]))


def test_what_belongs_together_has_one_tag() -> None:
    assert KEYS.live == [f"test:{{{tag}}}:live" for tag in ("p0", "p1", "p2", "p3", "control")]
    assert KEYS.table("fixes", 2, "er-1") == "test:{p2}:fixes:er-1"
    assert KEYS.nodes == "test:{control}:nodes"
    assert enter(KEYS, "a", b"beat")[3:] == ("test:{control}:nodes", "a", b"beat")
    assert look_up(KEYS)[3:] == ("test:{control}:nodes",)


def test_a_bucket_with_a_long_name_has_a_short_key() -> None:
    assert KEYS.bucket("login:ann").endswith("}:login:ann")
    assert len(KEYS.bucket("x" * 10_000)) < 64
    assert KEYS.bucket("x" * 100) != KEYS.bucket("x" * 101)
    assert KEYS.bucket("\udc80") != KEYS.bucket("a")
