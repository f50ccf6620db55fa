"""A person at a browser: signs in, looks, and notices what the console complains of."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, Page

from tests.browser.demo import Demo

SHOTS = Path(__file__).resolve().parents[2] / "artifacts"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DISPATCHER = "dispatcher@arogya.example"
# Okabe & Ito's bluish green, the colour of an available ambulance, exactly as the map paints it.
AVAILABLE = (0, 158, 115)
# Counts the pixels of one colour on the fleet's canvas, and where their middle is.
FIND_COLOUR = """([red, green, blue]) => {
  const canvas = document.querySelector(".leaflet-fleet-pane canvas");
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data, width } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let [count, x, y] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] !== red || data[at + 1] !== green || data[at + 2] !== blue || data[at + 3] !== 255) continue;
    count += 1; x += (at / 4) % width; y += Math.floor(at / 4 / width);
  }
  return { count, x: x / count, y: y / count };
}"""
# Chromium itself reports failed requests and sockets; the page cannot silence that.
NETWORK = re.compile(
    r"Failed to load resource|WebSocket connection to .* failed|WebSocket is already in CLOSING|net::ERR_"
)


class Visit:
    """One page in one browser context."""

    def __init__(self, context: BrowserContext, page: Page, demo: Demo) -> None:
        self.context = context
        self.page = page
        self.demo = demo
        self.complaints: list[str] = []  # console errors and warnings, and exceptions that nobody caught
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def complaints_beyond_network(self) -> list[str]:
        """Return what the console said, without the browser's own words on requests that failed."""
        return [text for text in self.complaints if not NETWORK.search(text)]

    async def sign_in(self, email: str = DISPATCHER, password: str | None = None) -> None:
        """Fill in the form and send it."""
        await self.page.goto(self.demo.url)
        await self.page.get_by_label("Email").fill(email)
        await self.page.get_by_label("Password", exact=True).fill(password or self.demo.password)
        await self.page.get_by_role("button", name="Sign in").click()

    async def see_fleet(self) -> None:
        """Wait until the picture is there and live."""
        await self.page.locator(".pill[data-phase=live]").wait_for()
        await self.page.locator(".row").first.wait_for()

    async def count_ambulances(self) -> int:
        """Return how many the page says there are."""
        return int(await self.page.locator(".top__sums b").first.text_content() or 0)

    async def find_available(self) -> dict[str, float]:
        """Return the number of pixels in the colour of available ambulances, and their middle."""
        found: dict[str, float] = await self.page.evaluate(FIND_COLOUR, list(AVAILABLE))
        return found

    async def wait_until_moved(self, before: dict[str, float]) -> None:
        """Wait until the available ambulances have another middle than `before`."""
        moved = (
            f"(b) => {{ const n = ({FIND_COLOUR})({list(AVAILABLE)}); return Math.hypot(n.x - b.x, n.y - b.y) > 0.5 }}"
        )
        await self.page.wait_for_function(moved, arg=before)

    async def shoot(self, name: str) -> None:
        """Keep a picture of the page for people to look at."""
        await self.page.screenshot(path=SHOTS / f"{name}.png")
