"""The prebuilt frames are what a real tablet would send."""

from __future__ import annotations

import pytest

from bench import frames
from bench.frames import FrameTemplate
from hub.protocol.codec import MSGPACK
from hub.protocol.device_frames import FROM_DEVICE, Data
from hub.protocol.fix import parse_fix
from hub.websocket_frames import binary_frame

MASK = b"\x12\x34\x56\x78"


def unmask(frame: bytes) -> bytes:
    """Return the payload of one masked frame, checking its head."""
    assert frame[0] == 0x80 | frames.BINARY
    length, start = frame[1] & 0x7F, 2
    if length >= 126:
        size = 2 if length == 126 else 8
        length, start = int.from_bytes(frame[2 : 2 + size], "big"), 2 + size
    mask, masked = frame[start : start + 4], frame[start + 4 :]
    assert frame[1] & 0x80
    assert len(masked) == length
    return bytes(byte ^ mask[index % 4] for index, byte in enumerate(masked))


@pytest.mark.parametrize("fixes", [1, 50, 500])
def test_a_patched_frame_reads_as_the_message_it_stands_for(fixes: int) -> None:
    template = FrameTemplate(stream=7, fixes=fixes, latitude=28.0, longitude=77.0, mask=MASK)
    for seq in (1, 70_000):
        frame = template.frame(seq=seq, sent_at=2_000_000_000, recorded_at=1_000_000_000, interval_us=1_000_000)
        message = MSGPACK.decode(unmask(frame), FROM_DEVICE)
        assert isinstance(message, Data)
        assert (message.stream, message.seq, message.sent_at) == (7, seq, 2_000_000_000)
        read = [parse_fix(raw) for raw in message.fixes]
        assert [fix.recorded_at for fix in read] == [1_000_000_000 + step * 1_000_000 for step in range(fixes)]
        assert {fix.longitude for fix in read} == {77.0}
        assert len({fix.latitude for fix in read}) == fixes
        assert read[0].speed == frames.SPEED_M_S


def test_a_small_frame_of_any_length_unmasks_to_its_payload() -> None:
    for length in (0, 1, 125, 126, 70_000):
        payload = bytes(index % 251 for index in range(length))
        assert unmask(frames.small_frame(frames.BINARY, payload, MASK)) == payload


def test_server_frames_are_split_wherever_the_bytes_are_cut() -> None:
    payloads = [b"", b"a" * 125, b"b" * 126, b"c" * 70_000]
    stream = b"".join(binary_frame(payload) for payload in payloads)
    for cut in (1, 3, 130, 1_000, len(stream) - 1):
        buffer = bytearray(stream[:cut])
        found = frames.split_frames(buffer)
        buffer += stream[cut:]
        found += frames.split_frames(buffer)
        assert found == [(frames.BINARY, payload) for payload in payloads]
        assert not buffer
