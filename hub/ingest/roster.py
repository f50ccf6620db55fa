"""Who is connected: the device connections of one hub, by name and by device, within their bounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.errors import Overloaded, TooManySessions
from hub.ingest.stream import Stream
from hub.protocol.fields import Wire
from hub.transport import Transport


class DeviceConnection(Protocol):
    """A device session, as far as the hub handles all of them alike."""

    transport: Transport
    device_id: int
    ambulance_id: int | None
    credential: bytes | None  # SHA-256 of the secret that opened it; None where a ticket did
    credential_ends_at: datetime | None  # when that secret runs out: it was rotated
    session_id: str
    streams: dict[int, Stream]
    welcomed: bool  # it may be sent commands
    ending: Exception | None
    acked_s: float  # monotonic: when it was told of commits last
    pinged_s: float  # monotonic: when it was last asked for a sign of life

    def flush_acks(self) -> None:
        """Send the acks that are due."""

    def command(self, command_id: UUID, kind: str, body: Wire) -> None:
        """Send one command."""


class Roster:
    """The open connections."""

    def __init__(self, *, connections_max: int, per_device_max: int) -> None:
        self._connections_max = connections_max
        self._per_device_max = per_device_max
        self._by_session: dict[str, DeviceConnection] = {}
        self._by_device: dict[int, list[DeviceConnection]] = {}  # oldest first; no empty lists

    def __len__(self) -> int:
        return len(self._by_session)

    def __iter__(self) -> Iterator[DeviceConnection]:
        """Iterate over a copy: connections come and go meanwhile."""
        return iter(list(self._by_session.values()))

    def __contains__(self, connection: DeviceConnection) -> bool:
        return connection.session_id in self._by_session

    def add(self, connection: DeviceConnection) -> None:
        """Let a connection in; raises `Overloaded` or `TooManySessions`."""
        if len(self._by_session) >= self._connections_max:
            raise Overloaded("this hub has as many devices as it takes")
        same = self._by_device.setdefault(connection.device_id, [])
        if len(same) >= self._per_device_max:
            raise TooManySessions("this device has too many connections")
        same.append(connection)
        self._by_session[connection.session_id] = connection

    def remove(self, connection: DeviceConnection) -> None:
        """Forget a connection that is in."""
        del self._by_session[connection.session_id]
        same = self._by_device[connection.device_id]
        same.remove(connection)
        if not same:
            del self._by_device[connection.device_id]

    def devices(self) -> set[int]:
        """Return the devices that are connected."""
        return set(self._by_device)

    def of_device(self, device_id: int) -> list[DeviceConnection]:
        """Return a device's connections, oldest first."""
        return list(self._by_device.get(device_id, ()))

    def newest(self, device_id: int) -> DeviceConnection | None:
        """Return a device's last connection that has been welcomed."""
        welcomed = [one for one in self.of_device(device_id) if one.welcomed and one.ending is None]
        return welcomed[-1] if welcomed else None
