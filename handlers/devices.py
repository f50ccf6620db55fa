"""Claiming a device: a one-use code becomes the device's secret."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from handlers.call import Call, Nothing
from hub.access import tokens
from hub.errors import NotFound
from storage import devices


class Claim(msgspec.Struct, forbid_unknown_fields=True):
    """The code that an admin got for the device."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]


class ClaimedAmbulance(msgspec.Struct):
    """Where the tablet is mounted."""

    id: int
    plate_number: str


class ClaimedDevice(msgspec.Struct):
    """What the device keeps; the secret is shown this once."""

    device_id: int
    ambulance: ClaimedAmbulance | None
    secret: str


async def claim(call: Call[Nothing, Claim]) -> ClaimedDevice:
    """POST /devices/claim; raises NotFound for a code that is unknown, used or out of date."""
    context = call.context
    secret = tokens.new_token()
    found = await devices.claim(
        context.app, tokens.claim_digest(call.body.code), tokens.digest(secret), context.clock.now()
    )
    if found is None:
        raise NotFound("the code does not count")
    ambulance = None
    if found.ambulance_id is not None and found.plate_number is not None:
        ambulance = ClaimedAmbulance(found.ambulance_id, found.plate_number)
    return ClaimedDevice(found.device_id, ambulance, secret)
