"""What the fleet page costs a browser: `python -m bench.page`, frames and scripting time with a moving crowd.

Chromium draws in software here, on the machine that also runs the hub and PostgreSQL; a dispatcher's screen has more.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import orjson
from playwright.async_api import CDPSession, Page

from bench import machine
from bench.browser import Crowd, chromium, crowd
from bench.hub import hub_under_test

# Counts the screen's frames while something is done on each of them; answers frames a second and the longest gap in ms.
FRAMES = """({ seconds, deed }) => new Promise((done) => {
  const list = document.querySelector(".list");
  let [frames, longest, before] = [0, 0, performance.now()];
  const until = before + seconds * 1000;
  const began = before;
  let down = 1;
  requestAnimationFrame(function turn(now) {
    frames += 1;
    longest = Math.max(longest, now - before);
    before = now;
    if (deed === "scroll") {
      list.scrollTop += 90 * down;
      if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1 || list.scrollTop === 0) down = -down;
    }
    if (now < until) requestAnimationFrame(turn);
    else done({ fps: frames / ((now - began) / 1000), longest });
  });
})"""
SECONDS = 5.0


async def open_fleet(page: Page, hub: Crowd) -> None:
    """Sign in and wait for the picture."""
    await page.goto(hub.url)
    await page.get_by_label("Email").fill(hub.email)
    await page.get_by_label("Password", exact=True).fill(hub.password)
    await page.get_by_role("button", name="Sign in").click()
    await page.locator(".row").first.wait_for()


async def frames(page: Page, deed: str = "look") -> dict[str, float]:
    """Return frames a second and the longest gap (ms), while looking or scrolling the list."""
    found: dict[str, float] = await page.evaluate(FRAMES, {"seconds": SECONDS, "deed": deed})
    return found


async def while_moving(page: Page, *, zoom: bool) -> dict[str, float]:
    """Return the same while somebody drags the map about, or zooms in and out."""
    counting = asyncio.ensure_future(frames(page))
    box = await page.locator(".map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    while not counting.done():
        if zoom:
            await page.mouse.wheel(0, -240)
            await page.wait_for_timeout(500)
            await page.mouse.wheel(0, 240)
            await page.wait_for_timeout(500)
            continue
        await page.mouse.down()
        for step in range(1, 13):
            await page.mouse.move(x + 18 * step, y + 9 * step)
        for step in range(12, -1, -1):
            await page.mouse.move(x + 18 * step, y + 9 * step)
        await page.mouse.up()
    return await counting


async def busy(session: CDPSession) -> dict[str, float]:
    """Return the seconds that the page has spent so far on scripts and on everything."""
    answer = await session.send("Performance.getMetrics")
    metrics = {entry["name"]: entry["value"] for entry in answer["metrics"]}
    return {"script": metrics["ScriptDuration"], "task": metrics["TaskDuration"], "heap": metrics["JSHeapUsedSize"]}


async def measure(hub: Crowd) -> dict[str, float]:
    """Look at the fleet in every way and return the figures."""
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await open_fleet(page, hub)
        await page.wait_for_timeout(3000)
        session = await page.context.new_cdp_session(page)
        await session.send("Performance.enable")
        before = await busy(session)
        still = await frames(page)
        after = await busy(session)
        figures = {
            "script_ms_per_s": (after["script"] - before["script"]) * 1000 / SECONDS,
            "task_ms_per_s": (after["task"] - before["task"]) * 1000 / SECONDS,
            "heap_mib": after["heap"] / 2**20,
        }
        dragged, zoomed = await while_moving(page, zoom=False), await while_moving(page, zoom=True)
        scrolled = await frames(page, "scroll")
        await page.get_by_role("button", name="Zoom in").dblclick()
        await page.get_by_role("button", name="Zoom in").dblclick()
        near = await while_moving(page, zoom=False)
        looks = {"still": still, "dragged": dragged, "zoomed": zoomed, "scrolled": scrolled, "dragged_near": near}
        for name, look in looks.items():
            figures |= {f"{name}_fps": look["fps"], f"{name}_gap_ms": look["longest"]}
        return {name: round(value, 1) for name, value in figures.items()}


async def run(dsn: str, ambulances: int) -> dict[str, float]:
    """Make a crowd and measure."""
    async with crowd(dsn, ambulances) as hub:
        return await measure(hub)


def main() -> int:
    """Read the command line and print one line of JSON last."""
    parser = argparse.ArgumentParser(prog="python -m bench.page", description=__doc__)
    parser.add_argument("--ambulances", type=int, default=5000, help="ambulances that move once a second (5000)")
    options = parser.parse_args()
    settings: Mapping[str, str] = {}
    with hub_under_test(None, None, settings) as hub:  # its database is what is needed of it
        figures: dict[str, Any] = asyncio.run(run(hub.dsn, options.ambulances))
    report = {"benchmark": "page", **figures, "machine": machine.describe(), "parameters": vars(options)}
    sys.stdout.write(orjson.dumps(report).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
