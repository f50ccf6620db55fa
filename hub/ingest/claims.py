"""Opening the streams of a connection: each is claimed from whoever had it, or refused."""

from __future__ import annotations

from typing import Protocol

from hub.errors import Forbidden
from hub.ingest.intake import Intake
from hub.ingest.roster import DeviceConnection
from hub.ingest.stream import FixStream, Stream, StreamSession
from hub.protocol.stream_frames import RefusedClaim, StreamClaim, StreamMark


class Claimant(DeviceConnection, StreamSession, Protocol):
    """The connection that streams are opened on."""


async def open_streams(
    intake: Intake, session: Claimant, claims: tuple[StreamClaim, ...]
) -> tuple[tuple[StreamMark, ...], tuple[RefusedClaim, ...]]:
    """Claim streams; raises a `HubError` for fixes that may not be sent, which ends the connection."""
    marks, refused = [], []
    for wanted in claims:
        stream = await _claim(intake, session, wanted)
        if isinstance(stream, RefusedClaim):
            refused.append(stream)
            continue
        if stream.stream_id in session.streams:  # the device has opened it again
            intake.disown(session.streams[stream.stream_id])
        session.streams[stream.stream_id] = stream
        intake.own(stream)
        marks.append(StreamMark(wanted.log_id, stream.stream_id, stream.fence, stream.acked))
    return tuple(marks), tuple(refused)


async def _claim(intake: Intake, session: Claimant, wanted: StreamClaim) -> Stream | RefusedClaim:
    is_fixes = wanted.kind == "fixes"
    if is_fixes != (session.ambulance_id is not None):
        raise Forbidden("this device sends another kind of stream")
    if not is_fixes:
        intake.check_room()
        return await intake.opening.open(session, session.device_id, wanted)
    claim = await intake.claim(session.device_id, wanted.log_id)
    assert claim.ambulance_id is not None  # noqa: S101 - of every claim of fixes
    session.ambulance_id = claim.ambulance_id  # it may have been mounted elsewhere since the handshake
    return FixStream(session, claim.stream, claim.fence, claim.acked, claim.ambulance_id)
