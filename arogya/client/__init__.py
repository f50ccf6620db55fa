"""The client library: what a tablet or a viewer of Arogya Hub is built with.

It needs aiohttp, msgpack and orjson, and nothing of the server. A device that streams its position:

    import asyncio, time
    from pathlib import Path
    from arogya.client import DeviceClient, Fix

    async def main(url: str, secret: str) -> None:
        async with DeviceClient(url, secret, spool=Path("fixes.db")) as device:
            for latitude, longitude in [(18.5204, 73.8567), (18.5206, 73.8569)]:
                await device.send(Fix(time.time_ns() // 1000, latitude, longitude, speed=8.3))
            await device.drained(30)  # every fix is committed in the hub's database

A viewer that follows the fleet:

    import asyncio
    from arogya.client import LiveClient, sign_in

    async def main(url: str, email: str, password: str) -> None:
        async with LiveClient(url, lambda: sign_in(url, email, password)) as fleet:
            async for change in fleet:
                for key in change.changed:
                    ambulance = fleet.ambulances[key]
                    print(ambulance.plate_number, ambulance.status, ambulance.position, fleet.staleness(key))

Run either with `asyncio.run(main(…))`. docs/client.md says more.
"""

from arogya.client.backoff import Backoff, Ending
from arogya.client.counters import Counters
from arogya.client.device import DeviceClient
from arogya.client.feed import EventFeed, EventPosition, HubEvent
from arogya.client.fleet import Ambulance, Fleet, FleetChange, Position
from arogya.client.hooks import CommandRefused, Hooks, Options, Refusal
from arogya.client.live import LiveClient
from arogya.client.motion import MotionClient, MotionStream
from arogya.client.motion_hooks import ClaimRefusal, MotionHooks, MotionRefusal
from arogya.client.physio import PhysioJoint, PhysioRepetition, PhysioSession, physio_feed
from arogya.client.sign_in import AccessRefused, sign_in
from arogya.client.spool_file import SpoolError
from arogya.client.state import StateFeed
from hub.protocol.filter import Area, Filter
from hub.protocol.fix import Alarm, Fix
from hub.protocol.hub_frames import Command
from hub.protocol.reports import Report, ReportAck

__all__ = [
    "AccessRefused",
    "Alarm",
    "Ambulance",
    "Area",
    "Backoff",
    "ClaimRefusal",
    "Command",
    "CommandRefused",
    "Counters",
    "DeviceClient",
    "Ending",
    "EventFeed",
    "EventPosition",
    "Filter",
    "Fix",
    "Fleet",
    "FleetChange",
    "Hooks",
    "HubEvent",
    "LiveClient",
    "MotionClient",
    "MotionHooks",
    "MotionRefusal",
    "MotionStream",
    "Options",
    "PhysioJoint",
    "PhysioRepetition",
    "PhysioSession",
    "Position",
    "Refusal",
    "Report",
    "ReportAck",
    "SpoolError",
    "StateFeed",
    "physio_feed",
    "sign_in",
]
