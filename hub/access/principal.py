"""Who is asking: the codes of the access matrix and the ids that its scopes are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """One authenticated (or anonymous) caller; everything in it comes from the credential, nothing from a body."""

    codes: frozenset[str]  # rows of the access matrix that speak for this caller, e.g. {"RC", "DP"}
    user_id: UUID | None = None  # a person
    session_id: UUID | None = None  # the sign-in that this credential belongs to
    device_id: int | None = None  # a tablet or a physio device
    ambulance_id: int | None = None  # the ambulance that a tablet is bound to
    facility_id: UUID | None = None  # the one facility of a staff member
    credential: bytes | None = None  # SHA-256 of the device secret that was sent
    credential_ends_at: datetime | None = None  # when that secret runs out, where it was rotated

    @property
    def key(self) -> str:
        """A name for rate limits and audit rows: `user:…`, `device:…` or `anonymous`."""
        if self.user_id is not None:
            return f"user:{self.user_id}"
        if self.device_id is not None:
            return f"device:{self.device_id}"
        return "anonymous"


ANONYMOUS = Principal(frozenset({"AN"}))

_STAFF = {"receptionist": "RC", "admin": "SA"}
_DUTIES = {"dispatcher": "DP", "supervisor": "SV"}
_ROLES = {"patient": "PT", "doctor": "DR", "admin": "AD"}
_DEVICES = {"tablet": "TB", "physio": "PX"}


def user_codes(role: str, staff_role: str | None, duty: str | None) -> frozenset[str]:
    """Return a user's codes: staff are RC or SA, and beside it DP or SV while they have that duty."""
    if role != "staff":
        return frozenset({_ROLES[role]})
    codes = {_STAFF[staff_role]} if staff_role is not None else set()
    return frozenset(codes | {_DUTIES[duty]} if duty is not None else codes)


def device_codes(kind: str) -> frozenset[str]:
    """Return the code of a device kind, `tablet` or `physio`."""
    return frozenset({_DEVICES[kind]})
