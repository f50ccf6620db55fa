"""Which channels there are, and which of them a viewer may watch, with which fields, and for how long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

from hub.access.policy import allowed, sees_all
from hub.access.principal import Principal
from hub.access.scopes import AmbulanceReach, watching_reach
from hub.errors import Forbidden, NotFound
from hub.live.channel import Channel, Source
from hub.live.fleet import FleetChannel, ambulance_of
from hub.live.inboxes import INBOX, Inboxes
from hub.live.physio import Physio
from hub.live.physio_channel import session_of
from hub.live.requests import Requests, request_of
from hub.live.view import FULL, View, view_of
from storage import ambulances
from storage.ambulances import Reach
from storage.pool import Database


class Claim(NamedTuple):
    """Somebody who sees some ambulances wants to see this one."""

    ambulance_id: int
    reach: AmbulanceReach


Judge = Callable[[Sequence[Claim]], Awaitable[set[int]]]  # the places of those claims that hold now; asks the database
Learn = Callable[[int], Awaitable[bool]]  # puts one on the board that it has not heard of; is there such a one?


def judged_by(reader: Database) -> Judge:
    """Return the judge that reads the assignments as they are now; it raises `StorageError`."""

    async def judge(claims: Sequence[Claim]) -> set[int]:
        asked = [
            (id_, Reach(patient_id=reach.patient_id, facility_id=reach.facility_id, doctor_id=reach.doctor_id))
            for id_, reach in claims
        ]
        return await ambulances.within_reach(reader, asked)

    return judge


class Directory:
    """Every channel by its name."""

    def __init__(  # noqa: PLR0913 - a parameter for each kind of channels
        self,
        fleet: FleetChannel,
        judge: Judge,
        learn: Learn,
        others: Iterable[Channel] = (),
        *,
        inboxes: Inboxes | None = None,
        requests: Requests | None = None,
        physio: Physio | None = None,
    ) -> None:
        self.channels: dict[str, Channel] = {channel.name: channel for channel in (fleet, *others)}
        self._fleet = fleet
        self._inboxes = inboxes  # of those who watch theirs
        self._requests = requests  # that somebody follows
        self._physio = physio  # sessions that somebody watches
        self._judge = judge
        self._learn = learn

    @property
    def sources(self) -> tuple[Source, ...]:
        """What may have news."""
        watched = (each for each in (self._inboxes, self._requests, self._physio) if each is not None)
        return (*self.channels.values(), *watched)

    @property
    def brisk(self) -> tuple[Source, ...]:
        """Those that show people themselves as they move, who notice a tenth of a second."""
        return () if self._physio is None else (self._physio,)

    async def find(self, principal: Principal, name: str) -> tuple[Channel, View]:
        """Return a channel that exists and that this viewer may watch; raises the same `NotFound` for either lack.

        Raises `StorageError` too, where the database has to be asked.
        """
        channel = self.channels.get(name)
        if channel is not None and sees_all(allowed(principal, f"live.{name}")):
            return channel, FULL
        if name == INBOX and self._inboxes is not None and principal.user_id and allowed(principal, f"live.{INBOX}"):
            return self._inboxes.of(principal.user_id), FULL
        found = await self._find_watched(principal, name)
        if found is not None:
            return found
        ambulance_id = ambulance_of(name)
        if ambulance_id is not None and await self._may_watch(principal, ambulance_id):
            return self._fleet, view_of(watching_reach(principal).fields)
        raise NotFound("there is no such channel")

    async def ended(self, watched: Sequence[tuple[Principal, str]]) -> set[int]:
        """Return the places of those who may not watch any more what they watch through a restricted view.

        One question for all who watch ambulances, one for all who follow requests, and one for all who watch sessions;
        raises `StorageError`.
        """
        requests = {place: id_ for place, (_, name) in enumerate(watched) if (id_ := request_of(name)) is not None}
        sessions = {place: id_ for place, (_, name) in enumerate(watched) if (id_ := session_of(name)) is not None}
        ambulances = [place for place in range(len(watched)) if place not in requests and place not in sessions]
        ended: set[int] = set()
        if ambulances:
            held = await self._judge([_claim(*watched[place]) for place in ambulances])
            ended = {place for number, place in enumerate(ambulances) if number not in held}
        rights = None if self._physio is None else self._physio.rights
        for asked, judges in ((requests, self._requests), (sessions, rights)):
            if asked and judges is not None:
                places = list(asked)
                over = await judges.ended([(watched[place][0], asked[place]) for place in places])
                ended |= {places[number] for number in over}
        return ended

    async def _find_watched(self, principal: Principal, name: str) -> tuple[Channel, View] | None:
        """Return one of the channels that there are only while somebody watches them."""
        request_id, session_id = request_of(name), session_of(name)
        if request_id is not None and self._requests is not None:
            return await self._requests.find(principal, request_id)
        if session_id is not None and self._physio is not None:
            return await self._physio.find(principal, session_id)
        return None

    async def _may_watch(self, principal: Principal, ambulance_id: int) -> bool:
        try:
            reach = watching_reach(principal)
        except Forbidden:
            return False
        granted = reach.everything or reach.ambulance_id == ambulance_id
        if not granted:
            if reach.patient_id is None and reach.facility_id is None and reach.doctor_id is None:
                return False
            granted = bool(await self._judge([Claim(ambulance_id, reach)]))
        return granted and (ambulance_id in self._fleet.state or await self._learn(ambulance_id))


def _claim(principal: Principal, name: str) -> Claim:
    return Claim(ambulance_of(name) or 0, watching_reach(principal))
