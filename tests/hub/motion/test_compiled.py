"""What is compiled counts what plain Python counts, to the bit, and was made of the source that is here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.motion import compiled, counter_state, repetitions
from tests.hub.motion.moving import RULES, START_US, Stream, streams
from tests.hub.motion.plain import needs_compiled, plain

FRAMES = st.lists(st.sampled_from([1, 2, 9, 10, 64, 300, 2_000]), min_size=1, max_size=20)


def counted(module: Any, stream: Stream, frames: list[int]) -> list[str]:
    """Return all that is found and known after each frame, as text: that tells -0.0 from 0.0, and 0 from False."""
    counters = [module.Counter(rules) for rules in stream.rules[0]]
    found, start, turn = [], 0, 0
    while start < len(stream.at_us):
        for counter, rules in zip(counters, stream.rules.get(start, ()), strict=False):
            counter.set_rules(rules)
        due = [since for since in stream.rules if since > start]
        end = min([start + frames[turn % len(frames)], len(stream.at_us), *due])
        seq, at_us, angles = np.array([start + 1]), stream.at_us[None, start:end], stream.angles[None, :, start:end]
        found.append(repr(module.count([counters], seq, at_us, angles)))
        found += [repr(counter.standing) for counter in counters]
        found.append(counter_state.save(counters).hex())
        start, turn = end, turn + 1
    return found


@needs_compiled
@settings(max_examples=60)
@given(streams(), FRAMES)
def test_it_finds_and_knows_what_plain_python_does(stream: Stream, frames: list[int]) -> None:
    pairs = zip(counted(repetitions, stream, frames), counted(plain, stream, frames), strict=True)
    assert [(ours, theirs) for ours, theirs in pairs if ours != theirs][:1] == []


@needs_compiled
@given(
    st.sampled_from(RULES), st.lists(st.tuples(st.integers(-2_000_000, 9_000_000), st.floats(-360, 360)), max_size=99)
)
def test_single_samples_do_the_same(rules: Any, samples: list[tuple[int, float]]) -> None:
    ours, theirs, at_us = repetitions.Counter(rules), plain.Counter(rules), START_US
    for seq, (after_us, angle) in enumerate(samples, 1):
        at_us += after_us
        assert repr(ours.step(seq, at_us, angle)) == repr(theirs.step(seq, at_us, angle))
    assert counter_state.save([ours]) == counter_state.save([theirs])


@needs_compiled
@pytest.mark.parametrize("dt_us", [1, 999, 5_000, 10_000, 16_667, 333_333, 1_000_000])
def test_a_sample_has_the_same_weight(dt_us: int) -> None:
    assert repetitions.weight(dt_us).hex() == plain.weight(dt_us).hex()


@needs_compiled
def test_it_was_compiled_from_the_source_that_is_here() -> None:
    assert compiled.state() == "compiled", f"{compiled.complaint(compiled.state())}: run .venv/bin/python compile.py"


def test_the_state_of_another_source_is_told(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    built = tmp_path / "repetitions.built"
    monkeypatch.setattr(compiled, "BUILT", built)
    monkeypatch.setattr(repetitions, "IS_COMPILED", True)
    assert compiled.state() == "stale"
    built.write_text(compiled.digest())
    assert compiled.state() == "compiled"
    monkeypatch.setattr(repetitions, "IS_COMPILED", False)
    assert compiled.state() == "plain"
    assert [bool(compiled.complaint(each)) for each in ("compiled", "plain", "stale")] == [False, True, True]
