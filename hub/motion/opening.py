"""Opening a stream of a physio session's motion: who may, and where its counters go on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import numpy as np

from hub.clock import Clock, to_us
from hub.errors import Forbidden, HubError, InvalidValue, OutsideSession
from hub.ingest.stream import StreamSession
from hub.motion.counter_state import load
from hub.motion.motion import KEEP_US, Motion
from hub.motion.recount import READINGS
from hub.motion.repetitions import Counter, count
from hub.motion.rules import rules_of
from hub.motion.slices import slices
from hub.motion.standing import SessionStanding, Targets, is_open
from hub.motion.stream import ANYTIME, MotionStream
from hub.outcomes import outcome_of
from hub.protocol.stream_frames import RefusedClaim, StreamClaim
from storage import counters, marks
from storage.counters import Opened
from storage.motion import read_frames
from storage.pool import Database
from storage.records.joints import JOINTS

_JOINTS: Final = frozenset(JOINTS)


class Opening:
    """Opens the motion streams of a hub."""

    def __init__(self, db: Database, motion: Motion, clock: Clock) -> None:
        self._db = db  # role arogya_ingest
        self._motion = motion
        self._clock = clock

    async def open(self, session: StreamSession, device_id: int, wanted: StreamClaim) -> MotionStream | RefusedClaim:
        """Raise the fence of a stream and bring its counters to its mark; raises `StorageError`."""
        try:
            return await self._open(session, device_id, wanted)
        except HubError as error:
            return RefusedClaim(wanted.log_id, outcome_of(error).code, error.detail or outcome_of(error).title)

    async def _open(self, session: StreamSession, device_id: int, wanted: StreamClaim) -> MotionStream:
        assert wanted.session is not None  # noqa: S101 - of every claim of motion
        if not _JOINTS.issuperset(wanted.joints):
            raise InvalidValue("joints holds a name that is not on the list")
        found = await counters.find_session(self._db, wanted.session, device_id)
        if found is None:
            raise Forbidden("the session is not there, or is not measured by this device")
        if not is_open(found, self._clock.now()):
            raise OutsideSession("the session is not in progress, nor has it ended within 7 days")
        claim = await marks.claim(self._db, device_id, wanted.log_id, "motion", wanted.session, list(wanted.joints))
        if claim is None:
            raise Forbidden("the device is revoked, the log is another one, or the session has 64 of them")
        standing = self._motion.standing_of(wanted.session) or SessionStanding(found, Targets())
        stream = MotionStream(session, claim, wanted.joints, standing)
        self._motion.began(stream)
        try:
            stored = await self._read(stream)  # again: it may have ended before the stream could hear of it
            if standing.is_live and stored is not None:
                await self._resume(stream, stored)
        except BaseException:  # also where the connection ends meanwhile: nobody will let go of the stream
            self._motion.ended(stream)
            raise
        return stream

    async def _read(self, stream: MotionStream) -> Opened | None:
        """Read how the session of a stream stands now, and what was counted of it."""
        standing = stream.standing
        turn = standing.ask()
        stored = await counters.read_opened(self._db, stream.session_id, stream.stream_id)
        if stored is not None and standing.read(stored.session, Targets(stored.targets), turn):
            for each in self._motion.streams_of(stream.session_id):
                each.targets_until = ANYTIME
        return stored

    async def _resume(self, stream: MotionStream, stored: Opened) -> None:
        """Bring the counters of a stream to its mark; nobody stores anything of it meanwhile but its owner."""
        now = to_us(self._clock.now())
        stream.counters_kept_at = now - stream.stream_id * 7_919_000 % KEEP_US  # spread: not all at once
        stream.taken_targets = stream.standing.targets.at(stream.joints, now)
        stream.counters = [Counter(rules_of(target)) for target in stream.taken_targets]
        if stream.acked:
            await self._catch_up(stream, stored)
            stream.targets_until = min(stream.targets_until, now)
        for joint, counter in zip(stream.joints, stream.counters, strict=True):
            counter.number, counter.valid = stored.tallies.get(joint, (0, 0))

    async def _catch_up(self, stream: MotionStream, stored: Opened) -> None:
        """Count what is stored behind the last state of a stream's counters: what comes of it is stored already."""
        after = 0
        if stored.live_state is not None:
            with suppress(ValueError):  # of a hub of another version: counted from the beginning
                load(stream.counters, stored.live_state)
                after = stored.live_seq
                stream.taken_targets = ()  # the state has those of its time
        changes = stream.standing.targets.changes()
        async for block in read_frames(self._db, stream.stream_id, after=after, last=stream.acked):
            for piece in slices(block, len(stream.joints), changes, READINGS):
                self._motion.follow_targets(stream, piece.received_at)
                count([stream.counters], np.array([piece.seq]), piece.at_us[None], piece.angles[None])
                await asyncio.sleep(0)  # some ms each
