"""Cursors of lists."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.cursors import Cursors
from hub.errors import InvalidValue

CURSORS = Cursors(b"k" * 32)


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=6), st.text())
def test_a_cursor_opens_to_what_was_sealed(position: list[int], binding: str) -> None:
    assert CURSORS.open(binding, CURSORS.seal(binding, position), len(position)) == position


def test_every_flipped_bit_is_noticed() -> None:
    sealed = CURSORS.seal("me list", [1, 2])
    raw = bytearray(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
    for bit in range(len(raw) * 8):
        raw[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidValue):
            CURSORS.open("me list", base64.urlsafe_b64encode(raw).decode().rstrip("="), 2)
        raw[bit // 8] ^= 1 << bit % 8


def test_another_caller_list_key_or_length_is_refused() -> None:
    sealed = CURSORS.seal("me list", [1, 2])
    for cursors, binding, length in (
        (CURSORS, "you list", 2),
        (Cursors(b"j" * 32), "me list", 2),
        (Cursors(b""), "me list", 2),
        (CURSORS, "me list", 1),
    ):
        with pytest.raises(InvalidValue):
            cursors.open(binding, sealed, length)


@given(st.text(max_size=100))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        CURSORS.open("me list", text, 1)
