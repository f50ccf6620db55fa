"""What counters know goes into bytes and comes back with nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from struct import pack

import pytest

from hub.motion.counter_state import load, save
from hub.motion.repetitions import Counter
from hub.motion.rules import Rules, Target, rules_of

# Of the two counters below, as release 0.1 kept them.
KEPT = bytes.fromhex(
    "01"
    "000000000000f0bf0000000000003e4000000000000024c00000000000002c400000000000002a40ba8ff2eb78f72240"
    "f9517e1def5e5c40ba8ff2eb78f722400000000000005ac0802eb31bf8bf0640eeeb15ebe2361a3f0000000000002a40"
    "030000000000000000000000000000000100000000000000010000000000000070683018240a060070511f18240a0600"
    "070000000000000070683018240a060080a9030000000000"
    "000000000000f03f0000000000003940000000000000f87f000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000"
)


def moved() -> list[Counter]:
    """Return counters in the middle of a repetition, and fresh."""
    counter = Counter(rules_of(Target(105.0, 5.0)), 3)
    for seq in range(1, 120):
        counter.step(seq, 1_700_000_000_000_000 + seq * 10_000, 105.0 - seq)
    assert counter.out
    return [counter, Counter(Rules())]


def numbers(counter: Counter) -> dict[str, str]:
    return {name: repr(getattr(counter, name)) for name in Counter.__slots__ if not name.startswith("known")}


def test_a_counter_comes_back_as_it_was() -> None:
    counters, again = moved(), [Counter(Rules(-1, 40.0, 3.0), 9) for _ in range(2)]
    load(again, save(counters))
    assert [numbers(each) for each in again] == [numbers(each) for each in counters]


def test_the_bytes_are_those_of_the_hubs_that_run() -> None:
    assert save(moved()).hex() == KEPT.hex()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda state: b"", id="nothing"),
        pytest.param(lambda state: b"\x02" + state[1:], id="another-version"),
        pytest.param(lambda state: state[:-1], id="cut"),
        pytest.param(lambda state: state + state[1:], id="of-more-counters"),
        pytest.param(lambda state: state[:1] + pack("<d", 0.0) + state[9:], id="of-no-direction"),
        pytest.param(lambda state: state[:1] + pack("<d", inf) + state[9:], id="of-an-endless-direction"),
        pytest.param(lambda state: state[:41] + pack("<d", nan) + state[49:], id="of-no-angle"),
    ],
)
def test_a_state_that_is_not_known_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    counters = [Counter(Rules())]
    with pytest.raises(ValueError, match="not the state of 1 counters"):
        load(counters, spoil(save(counters)))
