"""Whether those who are connected may still be: asked when a right changed, and once a second of everybody."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hub.access.principal import user_codes
from hub.errors import HubError, Resync, Revoked
from hub.ingest.intake import Intake
from hub.live.hub import LiveHub
from storage import devices, sessions
from storage.devices import Connected, Device
from storage.errors import StorageError
from storage.pool import Database

PATROL_S = 1.0


class Rights:
    """Ends the connections of one hub whose right has ended."""

    def __init__(self, app: Database, intake: Intake, live: LiveHub) -> None:
        self._app = app
        self._intake = intake
        self._live = live

    async def patrol(self) -> None:
        """Look once a second whether all rights still hold: many end without a word, and a word may get lost."""
        while True:
            await asyncio.sleep(PATROL_S)
            try:
                await self.check()
            except StorageError:
                continue  # nobody can sign in or out, or be assigned, meanwhile either

    async def check(self) -> None:
        """End what is not allowed any more: devices, sign-ins, and what may be watched. Raises `StorageError`."""
        await self._check_devices()
        await self._check_sign_ins()
        await self._live.check_rights()

    async def recheck_device(self, device_id: int) -> None:
        """Close a device's connections when it was revoked, lost its secret or was mounted elsewhere.

        Raises `StorageError`.
        """
        for session in self._intake.roster.of_device(device_id):
            device, ending = await self._standing(device_id, session.credential, session.ambulance_id)
            if ending is not None:
                self._intake.end(session, ending)
            elif device is not None:
                session.credential_ends_at = device.secret_expires_at
        for viewer in self._live.of_device(device_id):
            caller = viewer.principal
            device, ending = await self._standing(device_id, caller.credential, caller.ambulance_id)
            if ending is not None:
                self._live.end(viewer, ending)
            elif device is not None:
                viewer.principal = replace(caller, credential_ends_at=device.secret_expires_at)

    async def _standing(
        self, device_id: int, credential: bytes | None, ambulance_id: int | None
    ) -> tuple[Device | None, HubError | None]:
        """Return what a device is now, and why a connection that it opened has to end, if it has to."""
        if credential is None:  # a ticket opened it
            device = await devices.find_by_id(self._app, device_id)
        else:
            device = await devices.find_by_secret(self._app, credential, self._intake.clock.now())
        if device is None:
            return None, Revoked("the device or its secret was withdrawn")
        if device.ambulance_id != ambulance_id:
            return device, Resync("the device was mounted elsewhere")
        return device, None

    async def _check_devices(self) -> None:
        """Ask for all of them at once, and then for each that was found fallen."""
        here = [
            Connected(one.device_id, one.credential, one.ambulance_id)
            for one in self._intake.roster
            if one.ending is None
        ]
        for viewer in self._live.viewers():
            caller = viewer.principal
            if caller.device_id is not None:
                here.append(Connected(caller.device_id, caller.credential, caller.ambulance_id))
        if here:
            for device_id in await devices.find_fallen(self._app, here, self._intake.clock.now()):
                await self.recheck_device(device_id)

    async def _check_sign_ins(self) -> None:
        asked = self._live.sign_ins()
        if not asked:
            return
        standing = await sessions.find_alive(self._app, asked, self._intake.clock.now())
        for viewer in self._live.viewers():
            caller = viewer.principal
            if caller.session_id not in asked or caller.session_id is None:
                continue  # it came while the others were asked for
            now = standing.get(caller.session_id)
            if now is None:
                self._live.end(viewer, Revoked("the session has ended"))
            elif (user_codes(now.role, now.staff_role, now.duty), now.facility_id) != (
                caller.codes,
                caller.facility_id,
            ):
                self._live.end(viewer, Resync("the user's rights changed"))
