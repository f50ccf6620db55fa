"""A phone that is the tablet of an ambulance: the page /tablet, set up by the link behind a claim code."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.browser.control_room import ControlRoom, claim_code
from tests.browser.demo import Demo
from tests.browser.inside import OpenVisit
from tests.browser.visit import PHONE, Visit

PLATES = (f"PHONE-{number}" for number in itertools.count(1))
HERE = {"latitude": 18.52, "longitude": 73.85, "accuracy": 12}


class Phone:
    """A phone that is the tablet of an ambulance of its own."""

    def __init__(self, visit: Visit, plate: str, ambulance_id: int) -> None:
        self.visit = visit
        self.page: Page = visit.page
        self.plate = plate
        self.ambulance_id = ambulance_id

    def sign(self, name: str) -> Locator:
        """One of the signs at the top."""
        return self.page.locator(f"[data-sign={name}]")

    def button(self, name: str) -> Locator:
        """A button by the words on it."""
        return self.page.get_by_role("button", name=name, exact=True)

    async def online(self) -> None:
        """Wait until the hub hears it."""
        await expect(self.sign("connection")).to_have_text("Connected", timeout=60_000)


async def phone_of(visit: OpenVisit, demo: Demo, desk: ControlRoom, **options: Any) -> Phone:
    """Set a phone up by the link behind a claim code."""
    plate = next(PLATES)
    code = await asyncio.to_thread(claim_code, demo, plate)
    permissions = ["geolocation", "local-network-access"]
    opened = await visit(**{**PHONE, "geolocation": HERE, "permissions": permissions, **options})
    await opened.page.goto(f"{demo.url}/tablet#claim={code}")
    await opened.page.get_by_role("button", name="Set up this phone").click()
    phone = Phone(opened, plate, await desk.ambulance(plate))
    await expect(opened.page.get_by_role("heading", name=plate)).to_be_visible()
    await phone.online()
    await expect(phone.sign("gps")).to_have_text("GPS ± 12 m")
    return phone
