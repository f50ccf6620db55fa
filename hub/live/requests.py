"""The calls that somebody follows: `request:{id}`, for the patient, the crew that has it, and dispatchers.

Everybody is told the same: how far it is, which ambulance has it, and when that should be there. Each event says all of
it, so whoever comes without a position begins with the newest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from hub.access.policy import Scope, allowed
from hub.access.principal import Principal
from hub.live.view import FULL, OWN, View
from hub.live.watched import CHANNELS_MAX, WatchedChannel, WatchedChannels
from storage.dispatch import following
from storage.dispatch.following import REQUEST, Follower, channel_of, request_of
from storage.pool import Database

__all__ = ["REQUEST", "Requests", "request_of"]


class Requests(WatchedChannels[WatchedChannel]):
    """A channel for each call that somebody follows, and who may."""

    def __init__(self, reader: Database, *, channels_max: int = CHANNELS_MAX) -> None:
        super().__init__(reader, f"{REQUEST}:", channels_max=channels_max)

    def of(self, request_id: UUID) -> WatchedChannel:
        """Return a request's channel; raises `Overloaded`."""
        name = channel_of(request_id)
        return self.hold(name, lambda: WatchedChannel(name, begins_with=1))

    async def find(self, principal: Principal, request_id: UUID) -> tuple[WatchedChannel, View] | None:
        """Return the channel of a request that somebody may follow, None where they may not or there is none.

        Raises `Overloaded` and `StorageError`.
        """
        follower = follower_of(principal, request_id)
        if follower is None or not await following.who_may(self._reader, [follower]):
            return None
        return self.of(request_id), FULL if follower.everything else OWN

    async def ended(self, watched: Sequence[tuple[Principal, UUID]]) -> set[int]:
        """Return the places of those who may not follow any more what they follow.

        How their call ended is on its channel then, for them to be told before they go. Raises `StorageError`.
        """
        asked = [follower_of(*one) or Follower(one[1]) for one in watched]
        ended = set(range(len(asked))) - await following.who_may(self._reader, asked)
        for request_id in {asked[place].request_id for place in ended}:
            await self.refresh(channel_of(request_id))
        return ended


def follower_of(principal: Principal, request_id: UUID) -> Follower | None:
    """Return by which right somebody wants to follow a request, None without any."""
    scopes = {rule.scope for rule in allowed(principal, f"live.{REQUEST}")}
    if Scope.ALL in scopes:
        return Follower(request_id, everything=True)
    if Scope.OWN in scopes:
        return Follower(request_id, patient_id=principal.user_id)
    if Scope.ASSIGNED in scopes:
        return Follower(request_id, ambulance_id=principal.ambulance_id)
    return None
