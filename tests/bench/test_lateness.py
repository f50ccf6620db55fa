"""Positions are joined with the moment at which their tablet sent them."""

from __future__ import annotations

from pathlib import Path

import msgpack
import numpy as np

from bench.frames import FrameTemplate
from bench.lateness import Span, join
from bench.pictures import Pictures
from bench.recording import Recorder, Recording
from bench.tablet import start_of

IDS = [70, 80]  # ambulances of two tablets
MS = 1_000_000


def row_of(place: int, seq: int) -> list[float]:
    """Return what the map shows of a tablet's sample."""
    latitude, longitude = start_of(place)
    template = FrameTemplate(stream=1, fixes=1, latitude=latitude, longitude=longitude, mask=bytes(4))
    template.frame(seq=seq, sent_at=0, recorded_at=0, interval_us=1_000_000)
    return [IDS[place], *(round(value, 7) for value in template.newest()[:2])]


def message(base: int, *rows: list[float]) -> bytes:
    head = {"channel": "fleet", "epoch": "e", "offset": base + 1}
    kind = {"type": "delta", "base": base} if base else {"type": "snapshot"}
    packed: bytes = msgpack.packb(kind | head | {"set": {"fixes": rows}})
    return packed


def test_every_viewer_counts_every_sample_once_and_what_was_overtaken_is_not_seen(tmp_path: Path) -> None:
    sent_ns = np.array([[100, 200, 300], [150, 250, 0]]) * MS
    recorder = Recorder()
    for viewer, arrivals in enumerate(((210, 260, 320), (215, 265, 330))):
        first, second = message(0, row_of(0, 1), row_of(1, 1)), message(1, row_of(0, 2), row_of(1, 2))
        third = message(2, row_of(0, 3) if viewer == 0 else row_of(0, 2))
        for when_ms, payload in zip(arrivals, (first, second, third), strict=True):
            recorder.note(when_ms * MS, viewer, payload)
    recorder.save(str(tmp_path / "file"))
    late = join(Pictures(Recording.load(tmp_path / "file"), 2), sent_ns, IDS, Span(150 * MS, 301 * MS))
    assert sorted(late.ms.tolist()) == [10, 15, 20, 60, 60, 65, 65]
    assert late.seen_share == 7 / 8
