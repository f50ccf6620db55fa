"""A recording gives back what was noted."""

from __future__ import annotations

from pathlib import Path

from bench.recording import Recorder, Recording


def test_each_distinct_message_is_kept_once(tmp_path: Path) -> None:
    recorder = Recorder()
    for when_ns, viewer, payload in ((10, 0, b"a"), (11, 1, b"a"), (20, 0, b""), (21, 1, b"ccc"), (30, 0, b"a")):
        recorder.note(when_ns, viewer, payload)
    recorder.save(str(tmp_path / "file"))
    recording = Recording.load(tmp_path / "file")
    assert recording.payloads == [b"a", b"", b"ccc"]
    assert [part.tolist() for part in recording.of(0)] == [[10, 20, 30], [0, 1, 0]]
    assert [part.tolist() for part in recording.of(1)] == [[11, 21], [0, 2]]
    assert recording.within(11, 21).tolist() == [0, 1]


def test_a_recording_may_be_empty(tmp_path: Path) -> None:
    Recorder().save(str(tmp_path / "file"))
    assert Recording.load(tmp_path / "file").payloads == []
