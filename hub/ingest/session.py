"""One device connection from `hello` to its end: what it sends is admitted, what is committed is acked."""

from __future__ import annotations

from uuid import UUID

from hub.access.principal import Principal
from hub.errors import BadInput, CreditExceeded, Forbidden, HubError, InvalidValue, Malformed, NotFound, Restarting
from hub.ingest.claims import open_streams
from hub.ingest.credit import Account
from hub.ingest.crews import OneCrew
from hub.ingest.fixes import Fixes
from hub.ingest.intake import Intake
from hub.ingest.lane import Lane
from hub.ingest.stream import FixStream, Stream
from hub.motion import uplink
from hub.motion.stream import MotionStream
from hub.outcomes import outcome_of
from hub.protocol.codec import Codec
from hub.protocol.device_frames import FROM_DEVICE, CommandAck, Data, DeviceMessage, LiveHint, Skip
from hub.protocol.fields import Wire
from hub.protocol.hub_frames import Ack, Command, Error, HubMessage, Nack, Welcome
from hub.protocol.limits import DETAIL_CHARS_MAX, STREAMS_PER_HELLO_MAX
from hub.protocol.motion_frames import MotionData
from hub.protocol.ping import Ping, Pong
from hub.protocol.reports import Report
from hub.protocol.stream_frames import Hello, Open, Opened
from hub.transport import Transport
from hub.websocket_frames import binary_frame, text_frame
from storage.batch import DeadLetter, Run, SkippedRange
from storage.copy_encoding import AMBULANCE_POSITIONS, Table
from storage.motion_encoding import MOTION_FRAMES


class DeviceSession:
    """The life of one connection of one device."""

    __slots__ = (
        *("_account", "_codec", "_due", "_fixes", "_intake", "_lane", "_strikes"),
        *("acked_s", "ambulance_id", "credential", "credential_ends_at", "device_id"),
        *("ending", "pinged_s", "session_id", "streams", "transport", "welcomed"),
    )

    def __init__(
        self, intake: Intake, transport: Transport, codec: Codec, *, session_id: str, principal: Principal
    ) -> None:
        if principal.device_id is None:
            raise Forbidden("only devices send")
        self._intake = intake
        self.transport = transport
        self._codec = codec
        self.session_id = session_id
        self.device_id = principal.device_id
        self.ambulance_id = principal.ambulance_id  # of a tablet; None of a sensor
        self.welcomed = False  # it may be sent commands
        self._fixes = Fixes(intake, principal.device_id)
        self.credential = principal.credential
        self.credential_ends_at = principal.credential_ends_at
        self.streams: dict[int, Stream] = {}  # by stream number; filled by hello
        self._account = Account(intake.credit())
        self._due: list[Stream] = []  # streams with a new mark that the device was not told yet
        self._lane: Lane | None = None  # what the crew says and answers, once it does
        self._strikes = 0  # messages that could not be read; three end the connection
        self.pinged_s = self.acked_s = float("-inf")
        self.ending: Exception | None = None  # why the hub closes this connection, once it does

    async def open(self, payload: bytes | str) -> None:
        """Take the first message, claim its streams and answer; raises a `HubError` that ends the connection."""
        message = self._codec.decode(payload, FROM_DEVICE, bytes_max=self._intake.rules.message_bytes)
        if not isinstance(message, Hello):
            raise Malformed("the first message must be hello")
        if message.device is not None and message.device != self.device_id:
            raise Forbidden("the credential belongs to another device")
        if self.ambulance_id is not None and not message.streams:
            raise InvalidValue("streams must have 1 to 8 elements", field="streams")
        marks, refused = await open_streams(self._intake, self, message.streams)
        # From here to the welcome nothing waits: a command must not overtake it.
        self.welcomed = True
        rules = self._intake.rules
        self.send(
            Welcome(
                self.device_id,
                self.session_id,
                marks,
                self._account.granted,
                rules.heartbeat_s,
                self._intake.clock.now_us(),
                refused,
            )
        )

    async def _open_more(self, message: Open) -> None:
        """Open streams on a connection that was welcomed; the oldest idle ones make room."""
        surplus = len(self.streams) + len(message.streams) - STREAMS_PER_HELLO_MAX
        idle = [stream for stream in self.streams.values() if stream.is_idle]
        if surplus > len(idle):
            raise InvalidValue("a connection has at most 8 streams that wait for acks", field="streams")
        for stream in idle[: max(surplus, 0)]:
            del self.streams[stream.stream_id]
            self._intake.disown(stream)
        self.send(Opened(*await open_streams(self._intake, self, message.streams)))

    async def receive(self, payload: bytes | str) -> None:
        """Take one message; raises a `HubError` that ends the connection."""
        if self.take(payload):
            return
        try:
            message = self._codec.decode(payload, FROM_DEVICE, bytes_max=self._intake.rules.message_bytes)
            if isinstance(message, Open):
                await self._open_more(message)
        except (BadInput, NotFound) as error:
            self._strike(error)

    def take(self, payload: bytes | str) -> bool:
        """Take one message, False if that needs `receive`; raises a `HubError` that ends the connection."""
        if self._intake.draining or self.ending is not None:
            return True  # not admitted, so not acked: the device sends it to the next hub
        try:
            message = self._codec.decode(payload, FROM_DEVICE, bytes_max=self._intake.rules.message_bytes)
            if isinstance(message, MotionData):  # almost every message, or else:
                self._motion(message)
            elif isinstance(message, Data):
                self._data(message)
            elif isinstance(message, Open):
                return False
            elif isinstance(message, CommandAck):
                self._errands().answer(message)
            elif isinstance(message, Report):
                self._errands().report(message)
            else:
                self._rare(message)
        except (BadInput, NotFound) as error:
            self._strike(error)
        return True

    def _rare(self, message: DeviceMessage) -> None:
        if isinstance(message, LiveHint):
            self._hint(message)
        elif isinstance(message, Skip):
            self._skip(message)
        elif isinstance(message, Ping):
            self.send(Pong(message.id, self._intake.clock.now_us()))
        else:
            raise Malformed("hello comes once, first")

    def _motion(self, message: MotionData) -> None:
        stream = self.streams.get(message.stream)
        if not isinstance(stream, MotionStream):
            raise self._not_opened(stream)
        duplicates = self._place(stream, message.seq, message.samples)
        if duplicates:
            uplink.repeated(self._intake.metrics, stream, message, duplicates)
        if duplicates is not None and duplicates < message.samples:
            uplink.admit(self._intake.motion, self._intake.clock, stream, message, duplicates)

    def _data(self, message: Data) -> None:
        stream = self.streams.get(message.stream)
        if not isinstance(stream, FixStream):
            raise self._not_opened(stream)
        duplicates = self._place(stream, message.seq, len(message.fixes))
        if duplicates:
            self._fixes.repeated(stream, message, duplicates)
        if duplicates is not None and duplicates < len(message.fixes):
            self._fixes.admit(stream, message, duplicates)

    def _place(self, stream: Stream, first: int, samples: int) -> int | None:
        """Return how many samples of a run are duplicates, None where it leaves a gap; takes credit for the others."""
        duplicates = stream.cursor.place(first, samples)
        if duplicates is None:
            self._nack_gap(stream)
        elif duplicates < samples:
            if not self._account.allows(samples - duplicates):
                raise CreditExceeded("more unacked samples than credit")
            self._account.admit(samples - duplicates)
        return duplicates

    def _not_opened(self, stream: Stream | None) -> HubError:
        if stream is None:
            return NotFound("the stream was not opened on this connection", field="stream")
        return Malformed("the stream is of another kind", field="stream")

    def _hint(self, message: LiveHint) -> None:
        stream = self.streams.get(message.stream)
        if not isinstance(stream, FixStream):
            raise self._not_opened(stream)
        self._fixes.hint(stream, message)

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
        table: Table = AMBULANCE_POSITIONS
        if isinstance(stream, MotionStream):
            self._intake.motion.turn(frames_max=None)  # what came before the hole goes before it
            table = MOTION_FRAMES
        self._intake.append(Run(stream, table, next_seq, message.last, skips=[hole]))

    def _errands(self) -> Lane:
        if self._lane is None:
            vehicle = self.ambulance_id
            taker = self._intake.sensors if vehicle is None else OneCrew(self._intake.crews, vehicle)
            self._lane = Lane(self._intake, self.device_id, vehicle, self.send, taker)
        return self._lane

    def leave(self) -> None:
        """Stop what runs beside the samples: the connection is over."""
        if self._lane is not None:
            self._lane.close()
            self._lane = None

    def stream_committed(self, stream: Stream, settled: int) -> None:
        """Remember that an ack is due; it leaves once for all streams of a commit."""
        self._account.settle(settled)
        if not self._due:
            self._intake.ack_due(self)
        if stream not in self._due:
            self._due.append(stream)

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

    def _stream(self, stream_id: int) -> Stream:
        stream = self.streams.get(stream_id)
        if stream is None:
            raise self._not_opened(None)
        return stream

    def _nack_gap(self, stream: Stream) -> None:
        if not stream.cursor.gap_told:
            stream.cursor.gap_told = True
            self.send(Nack(stream.stream_id, expected=stream.cursor.next_seq))

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
    return Nack(letter.stream_id, seq=letter.seq, code=letter.code, detail=detail, to=letter.last_seq)
