"""Rights as a test wants them, where no database is needed to have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.live.board import FleetBoard
from hub.live.directory import Claim, Directory


class Granted:
    """Grants claims on these ambulances, until a test takes one away."""

    def __init__(self, *ambulances: int) -> None:
        self.ambulances = set(ambulances)
        self.questions = 0  # how often it was asked
        self.meanwhile: Callable[[], object] = lambda: None  # what happens while it thinks

    async def __call__(self, claims: Sequence[Claim]) -> set[int]:
        """Return the places of the claims that hold."""
        self.questions += 1
        self.meanwhile()
        return {place for place, claim in enumerate(claims) if claim.ambulance_id in self.ambulances}


async def nothing_new(ambulance_id: int) -> bool:
    """Know of no ambulance that the board does not."""
    return False


def directory(board: FleetBoard, *granted: int) -> Directory:
    """Return the channels of a board; whoever has to be judged may watch the ambulances that are granted."""
    return Directory(board.channel, Granted(*granted), nothing_new)
