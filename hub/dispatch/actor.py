"""Who moves a call or an assignment, and what is asked first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from storage.pool import Transaction

Source = Literal["crew", "automatic", "dispatcher", "paper"]

# Called first in the transaction of a move; raises when the caller may not make it, or not any more.
Gate = Callable[[Transaction], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that makes a move; everything in it comes from a credential."""

    source: Source
    user_id: UUID | None = None
    device_id: int | None = None
    ambulance_id: int | None = None  # of a tablet: it moves assignments of this one alone


ENGINE = Actor("automatic")
