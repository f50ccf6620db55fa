"""What becomes of a tablet's fixes: rows for the writer, a marker on the map, calls for help at once."""

from __future__ import annotations

from hub.ingest.admission import Place, admit, digest_of, fix_time
from hub.ingest.cursor import REMEMBERED
from hub.ingest.intake import Intake
from hub.ingest.stream import FixStream
from hub.protocol.device_frames import Data, LiveHint
from storage.batch import Run
from storage.copy_encoding import AMBULANCE_POSITIONS

_HINT_SLACK = 0.8  # a device that sends a hint a second jitters


class Fixes:
    """The fixes of one connection."""

    __slots__ = ("_device_id", "_hinted_at_s", "_intake")

    def __init__(self, intake: Intake, device_id: int) -> None:
        self._intake = intake
        self._device_id = device_id
        self._hinted_at_s = float("-inf")  # when the last live hint was taken

    def admit(self, stream: FixStream, message: Data, duplicates: int) -> None:
        """Take the samples of a frame behind its first `duplicates`."""
        fixes, first = message.fixes[duplicates:], message.seq + duplicates
        received_at = self._intake.clock.now_us()
        ambulance_id = stream.ambulance_id
        place = Place(stream.stream_id, self._device_id, ambulance_id, received_at, message.sent_at, stream.shown_seq)
        admitted = admit(fixes, first, place, self._intake.markers.track(ambulance_id, self._device_id))
        last = first + len(fixes) - 1
        stream.cursor.remember(last, [digest_of(raw) for raw in fixes[-REMEMBERED:]])
        for letter in admitted.dead:
            stream.refused(letter)
            self._intake.metrics.samples_refused.labels(letter.code).inc()
        stream.admitted(last, len(fixes))
        self._intake.append(
            Run(stream, AMBULANCE_POSITIONS, first, last, admitted.rows, admitted.dead, [], admitted.alarms)
        )
        for alarm in admitted.alarms:  # also on a fix that moves no marker, and from a backlog
            self._intake.call(ambulance_id, (self._device_id, alarm.alarm_id), alarm.raised_at)
        if admitted.shown is not None:
            self._intake.markers.follow(place, admitted.shown, admitted.shown_at)

    def repeated(self, stream: FixStream, message: Data, duplicates: int) -> None:
        """Count samples that were admitted before."""
        metrics = self._intake.metrics
        metrics.samples_duplicate.inc(duplicates)
        fixes = message.fixes[:duplicates]
        metrics.samples_conflicting.inc(
            sum(stream.cursor.conflicts(seq, digest_of(raw)) for seq, raw in enumerate(fixes, message.seq))
        )

    def hint(self, stream: FixStream, message: LiveHint) -> None:
        """Show where the device is now, before its backlog has come so far."""
        now_s = self._intake.clock.monotonic_s()
        early = now_s - self._hinted_at_s < _HINT_SLACK / self._intake.rules.live_hints_per_s
        if early or message.seq < stream.cursor.next_seq:
            return  # too many, or on the log already: the log shows it
        self._hinted_at_s = now_s
        received_at = self._intake.clock.now_us()
        fix = message.fix
        place = Place(stream.stream_id, self._device_id, stream.ambulance_id, received_at, message.sent_at)
        if fix.alarm:
            call = (self._device_id, fix.alarm.id)
            self._intake.call(stream.ambulance_id, call, fix_time(place, fix.recorded_at))
        if self._intake.markers.hint(place, fix):
            stream.shown_seq = max(stream.shown_seq, message.seq)
