"""What simulated crews and sensors ask the hub over HTTP: the hospitals, and what they did before a restart."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp

from arogya.client.address import http_url
from arogya.simulator.crew import Hospital

ANSWER_S = 10.0
logger = logging.getLogger(__name__)


async def hospitals_of(url: str, secret: str) -> list[Hospital]:
    """Return the hospitals that the hub knows the places of; none where it cannot be asked."""
    found = await _get(url, "/api/v1/facilities?type=hospital&limit=100", secret)
    return [
        Hospital(each["name"], each["location"]["latitude"], each["location"]["longitude"], each["id"])
        for each in (found or {}).get("items", ())
        if each.get("location")
    ]


async def unfinished(url: str, secret: str) -> list[tuple[str, Mapping[str, object]]]:
    """Return what an ambulance is asked for or does, and what it has not read: kinds and bodies of commands."""
    state = await _get(url, "/api/v1/crew/state", secret) or {}
    told = [(kind, state[kind]) for kind in ("offer", "call") if state.get(kind)]
    return [*told, *(("message", message) for message in state.get("messages", ()))]


async def in_progress(url: str, secret: str) -> list[Mapping[str, object]]:
    """Return the sessions that a sensor is in."""
    found = await _get(url, "/api/v1/physio_sessions?status=in_progress", secret) or {}
    return [*found.get("items", ())]


async def _get(url: str, path: str, secret: str) -> dict[str, Any] | None:
    headers = {"Authorization": f"Bearer {secret}"}
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as http:
            async with http.get(http_url(url, path), headers=headers) as answer:
                answer.raise_for_status()
                found: dict[str, Any] = await answer.json()
                return found
    except (aiohttp.ClientError, TimeoutError) as error:
        logger.info("%s cannot be read: %s", path, error)
        return None
