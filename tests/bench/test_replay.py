"""The same updates are sent again, in each way."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import replay
from bench.replay import Tick, writes_of

TICKS = [Tick(b"frame of twelve", [b"%d" % number for number in range(12)]), Tick(b"f", [b"0"])]


def test_ticks_are_kept_in_a_file(tmp_path: Path) -> None:
    replay.save(tmp_path / "ticks", TICKS)
    assert replay.load(tmp_path / "ticks") == TICKS


@pytest.mark.parametrize("kind", ["updates", "ticks", "floor"])
def test_every_way_sends_every_update_once(kind: str) -> None:
    assert sum(updates for _, updates, _ in writes_of(kind, TICKS)) == 13


def test_a_tick_is_one_message_or_its_bytes() -> None:
    assert next(writes_of("ticks", TICKS)) == (
        b"PUB fleet 15\r\nframe of twelve\r\n",
        12,
        len("MSG fleet 1 15\r\n") + 17,
    )
    assert next(writes_of("floor", TICKS)) == (b"frame of twelve", 12, 15)


def test_updates_are_messages_of_their_own_spread_over_the_tick() -> None:
    written = list(writes_of("updates", TICKS))
    assert len(written) == 200
    assert written[0] == (b"PUB fleet 1\r\n0\r\n", 1, len("MSG fleet 1 1\r\n0\r\n"))
    assert written[11] == (b"PUB fleet 2\r\n11\r\n", 1, len("MSG fleet 1 2\r\n11\r\n"))
    assert {updates for _, updates, _ in written[12:100]} == {0}


def test_a_replay_is_sent_at_its_pace_and_counted() -> None:
    written: list[bytes] = []
    sent = replay.send_all(writes_of("ticks", TICKS), written.append, 1000.0, 0.002)
    assert len(written) == 2
    assert sent.updates == 13
