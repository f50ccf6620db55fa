"""One device connection from `hello` to its end: what it sends is admitted, what is committed is acked."""

from __future__ import annotations

from uuid import UUID

from hub.access.principal import Principal
from hub.errors import BadInput, CreditExceeded, Forbidden, HubError, Malformed, NotFound, Restarting
from hub.ingest.admission import Place, admit, digest_of, fix_time
from hub.ingest.credit import Account
from hub.ingest.crews import OneCrew
from hub.ingest.cursor import REMEMBERED
from hub.ingest.fix_stream import FixStream
from hub.ingest.intake import Intake
from hub.ingest.lane import Lane
from hub.outcomes import outcome_of
from hub.protocol.codec import Codec
from hub.protocol.device_frames import FROM_DEVICE, CommandAck, Data, DeviceMessage, LiveHint, Skip
from hub.protocol.fields import Wire
from hub.protocol.hub_frames import Ack, Command, Error, HubMessage, Nack, Welcome
from hub.protocol.limits import DETAIL_CHARS_MAX
from hub.protocol.ping import Ping, Pong
from hub.protocol.reports import Report
from hub.protocol.stream_frames import Hello, StreamMark
from hub.transport import Transport, binary_frame, text_frame
from storage.batch import DeadLetter, Run, SkippedRange
from storage.copy_encoding import AMBULANCE_POSITIONS

_HINT_SLACK = 0.8  # a device that sends a hint a second jitters


class DeviceSession:
    """The life of one connection of one device."""

    __slots__ = (
        "_account",
        "_codec",
        "_due",
        "_hinted_at_s",
        "_intake",
        "_lane",
        "_strikes",
        "ambulance_id",
        "credential",
        "credential_ends_at",
        "device_id",
        "ending",
        "pinged_s",
        "session_id",
        "streams",
        "transport",
    )

    def __init__(
        self, intake: Intake, transport: Transport, codec: Codec, *, session_id: str, principal: Principal
    ) -> None:
        if principal.device_id is None or principal.ambulance_id is None:
            raise Forbidden("the device is bound to no ambulance")
        self._intake = intake
        self.transport = transport
        self._codec = codec
        self.session_id = session_id
        self.device_id = principal.device_id
        self.ambulance_id = principal.ambulance_id
        self.credential = principal.credential
        self.credential_ends_at = principal.credential_ends_at
        self.streams: dict[int, FixStream] = {}  # by stream number; filled by hello
        self._account = Account(intake.credit())
        self._due: list[FixStream] = []  # streams with a new mark that the device was not told yet
        self._lane: Lane | None = None  # what the crew says and answers, once it does
        self._strikes = 0  # messages that could not be read; three end the connection
        self._hinted_at_s = float("-inf")  # when the last live hint was taken
        self.pinged_s = float("-inf")
        self.ending: Exception | None = None  # why the hub closes this connection, once it does

    async def open(self, payload: bytes | str) -> None:
        """Take the first message, claim its streams and answer; raises a `HubError` that ends the connection."""
        message = self._codec.decode(payload, FROM_DEVICE, bytes_max=self._intake.rules.message_bytes)
        if not isinstance(message, Hello):
            raise Malformed("the first message must be hello")
        if message.device is not None and message.device != self.device_id:
            raise Forbidden("the credential belongs to another device")
        claims = [await self._intake.claim(self.device_id, wanted.log_id, wanted.kind) for wanted in message.streams]
        # From here to the welcome nothing waits: a command must not overtake it.
        marks = []
        for wanted, claim in zip(message.streams, claims, strict=True):
            if claim.ambulance_id is not None:
                self.ambulance_id = claim.ambulance_id  # it may have been mounted elsewhere since the handshake
            stream = FixStream(self, claim.stream, claim.fence, claim.acked, self.ambulance_id)
            self.streams[claim.stream] = stream
            self._intake.own(stream)
            marks.append(StreamMark(wanted.log_id, claim.stream, claim.fence, claim.acked))
        rules = self._intake.rules
        self.send(
            Welcome(
                self.device_id,
                self.session_id,
                tuple(marks),
                self._account.granted,
                rules.heartbeat_s,
                self._intake.clock.now_us(),
            )
        )

    async def receive(self, payload: bytes | str) -> None:
        """Take one message; raises a `HubError` that ends the connection."""
        if self._intake.draining or self.ending is not None:
            return  # not admitted, so not acked: the device sends it to the next hub
        try:
            message = self._codec.decode(payload, FROM_DEVICE, bytes_max=self._intake.rules.message_bytes)
            if isinstance(message, Data):  # almost every message
                self._data(message)
            elif isinstance(message, CommandAck):
                self._errands().answer(message)
            elif isinstance(message, Report):
                self._errands().report(message)
            else:
                self._rare(message)
        except (BadInput, NotFound) as error:
            self._strike(error)

    def _rare(self, message: DeviceMessage) -> None:
        if isinstance(message, LiveHint):
            self._hint(message)
        elif isinstance(message, Skip):
            self._skip(message)
        elif isinstance(message, Ping):
            self.send(Pong(message.id, self._intake.clock.now_us()))
        else:
            raise Malformed("hello comes once, first")

    def _data(self, message: Data) -> None:
        stream = self._stream(message.stream)
        fixes, first = message.fixes, message.seq
        duplicates = stream.cursor.place(first, len(fixes))
        if duplicates is None:
            self._nack_gap(stream)
            return
        if duplicates:
            self._count_duplicates(stream, first, fixes[:duplicates])
            fixes, first = fixes[duplicates:], first + duplicates
            if not fixes:
                return
        if not self._account.allows(len(fixes)):
            raise CreditExceeded("more unacked samples than credit")
        received_at = self._intake.clock.now_us()
        place = Place(
            stream.stream_id, self.device_id, self.ambulance_id, received_at, message.sent_at, stream.shown_seq
        )
        admitted = admit(fixes, first, place, self._intake.markers.track(self.ambulance_id, self.device_id))
        last = first + len(fixes) - 1
        stream.cursor.remember(last, [digest_of(raw) for raw in fixes[-REMEMBERED:]])
        for letter in admitted.dead:
            stream.refused(letter)
            self._intake.metrics.samples_refused.labels(letter.code).inc()
        stream.admitted(last, len(fixes))
        self._account.admit(len(fixes))
        self._intake.append(
            Run(stream, AMBULANCE_POSITIONS, first, last, admitted.rows, admitted.dead, [], admitted.alarms)
        )
        for alarm in admitted.alarms:  # also on a fix that moves no marker, and from a backlog
            self._intake.call(self.ambulance_id, (self.device_id, alarm.alarm_id), alarm.raised_at)
        if admitted.shown is not None:
            self._intake.markers.follow(place, admitted.shown, admitted.shown_at)

    def _hint(self, message: LiveHint) -> None:
        stream = self._stream(message.stream)
        now_s = self._intake.clock.monotonic_s()
        early = now_s - self._hinted_at_s < _HINT_SLACK / self._intake.rules.live_hints_per_s
        if early or message.seq < stream.cursor.next_seq:
            return  # too many, or on the log already: the log shows it
        self._hinted_at_s = now_s
        received_at = self._intake.clock.now_us()
        fix = message.fix
        place = Place(stream.stream_id, self.device_id, self.ambulance_id, received_at, message.sent_at)
        if fix.alarm:
            self._intake.call(self.ambulance_id, (self.device_id, fix.alarm.id), fix_time(place, fix.recorded_at))
        if self._intake.markers.hint(place, fix):
            stream.shown_seq = max(stream.shown_seq, message.seq)

    def _skip(self, message: Skip) -> None:
        stream = self._stream(message.stream)
        next_seq = stream.cursor.next_seq
        if message.first > next_seq:
            self._nack_gap(stream)
            return
        if message.last < next_seq:
            return
        if not self._account.allows(1):
            raise CreditExceeded("more unacked samples than credit")
        hole = SkippedRange(stream.stream_id, next_seq, message.last, message.reason, self._intake.clock.now_us())
        stream.skipped(message.last)
        self._account.admit(1)
        self._intake.metrics.samples_skipped.labels(message.reason).inc(message.last - next_seq + 1)
        self._intake.append(Run(stream, AMBULANCE_POSITIONS, next_seq, message.last, skips=[hole]))

    def _errands(self) -> Lane:
        if self._lane is None:
            crew = OneCrew(self._intake.crews, self.ambulance_id)
            self._lane = Lane(self._intake, self.device_id, self.ambulance_id, self.send, crew)
        return self._lane

    def leave(self) -> None:
        """Stop what runs beside the samples: the connection is over."""
        if self._lane is not None:
            self._lane.close()
            self._lane = None

    def stream_committed(self, stream: FixStream, settled: int) -> None:
        """Remember that an ack is due; it leaves once for all streams of a commit."""
        self._account.settle(settled)
        if stream not in self._due:
            self._due.append(stream)
        self._intake.ack_due(self)

    def stream_superseded(self) -> None:
        """Close: somebody else owns one of the streams."""
        self._intake.supersede(self)

    def stream_set_back(self) -> None:
        """Close, to be asked again at once: the welcome then says where the device has to begin."""
        self._intake.end(self, Restarting("the database was restored and knows less than was acknowledged"))

    def flush_acks(self) -> None:
        """Tell the device its new marks, and which samples are refused for ever."""
        if not self._due:
            return
        due, self._due = self._due, []
        for stream in due:
            for letter in stream.take_refusals():
                self.send(_refusal(letter))
        credit = self._intake.credit()
        self._account.grant(credit)
        self.send(Ack([[stream.stream_id, stream.acked] for stream in due], credit))

    def command(self, command_id: UUID, kind: str, body: Wire) -> None:
        """Send a command; it is sent again with every connection until the device answers."""
        self.send(Command(str(command_id), kind, body))

    def send(self, message: HubMessage) -> None:
        """Send one message now; a device that does not read is cut by the connection's owner."""
        payload = self._codec.encode(message)
        self.transport.send(binary_frame(payload) if self._codec.binary else text_frame(payload))

    def _stream(self, stream_id: int) -> FixStream:
        stream = self.streams.get(stream_id)
        if stream is None:
            raise NotFound("the stream was not opened on this connection", field="stream")
        return stream

    def _nack_gap(self, stream: FixStream) -> None:
        if not stream.cursor.gap_told:
            stream.cursor.gap_told = True
            self.send(Nack(stream.stream_id, expected=stream.cursor.next_seq))

    def _count_duplicates(self, stream: FixStream, first: int, fixes: list[object]) -> None:
        metrics = self._intake.metrics
        metrics.samples_duplicate.inc(len(fixes))
        metrics.samples_conflicting.inc(
            sum(stream.cursor.conflicts(seq, digest_of(raw)) for seq, raw in enumerate(fixes, first))
        )

    def explain(self, error: Exception) -> None:
        """Say in words what was refused; only a refusal of the hub speaks for itself."""
        outcome = outcome_of(error)
        detail = error.detail if isinstance(error, HubError) else ""
        self.send(Error(outcome.code, detail or outcome.title))

    def _strike(self, error: HubError) -> None:
        """Answer a message that could not be taken; the third one ends the connection."""
        self._strikes += 1
        self._intake.metrics.device_messages_refused.inc()
        self.explain(error)
        if self._strikes >= self._intake.rules.strikes:
            raise Malformed("too many messages that could not be read")


def _refusal(letter: DeadLetter) -> Nack:
    detail = letter.detail[:DETAIL_CHARS_MAX] or letter.code
    return Nack(letter.stream_id, seq=letter.seq, code=letter.code, detail=detail)
