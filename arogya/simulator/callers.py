"""Callers of the made-up city, put through to the hub over HTTP by somebody at an exchange, as calls come in."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import uuid4

import aiohttp

from arogya.client.address import http_url
from arogya.client.sign_in import AccessRefused, sign_in
from arogya.simulator.calls import PRIORITIES
from arogya.simulator.city import City
from arogya.simulator.gazetteer import near, places_of

CYCLE_S = 720.0  # a simulated crew is busy with a call for about as long
BUSY_SHARE = 1 / 3  # of the fleet, when calls come as often as here
FIRST_S = (4.0, 9.0, 16.0)  # after the start: whoever looks at it wants to see something
PATIENT_SHARE = 0.15  # of the calls that are for somebody whom the hub knows
RETRY_S = 3.0
ANSWER_S = 15.0
COMPLAINTS = (
    (
        "Not breathing, bystander CPR",
        "Unconscious, does not react",
        "Crushing chest pain, sweating",
        "Stroke signs, left arm",
    ),
    (
        "Road traffic collision, two hurt",
        "Short of breath, asthma known",
        "Fall from a roof, awake",
        "Fit that has stopped",
    ),
    ("Fall at home, hip hurts", "High fever, elderly", "Deep cut on the hand", "Vomiting since the morning"),
    ("Transfer to dialysis", "Discharge home, cannot walk", "Transfer for a scan"),
)
NAMES = ("Aarav", "Diya", "Farhan", "Geeta", "Harish", "Ishaan", "Kavya", "Lalit", "Maya", "Nikhil", "Ruth", "Sanjay")
UNAUTHORIZED, TOO_MANY, REFUSED, FAILED = 401, 429, 400, 500  # HTTP statuses
logger = logging.getLogger(__name__)


class ExchangeError(Exception):
    """The file of the exchange can not be used; says why."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Who puts calls through, and for which of the hub's patients some of them are."""

    email: str
    password: str
    patients: Sequence[str] = ()  # ids


class Call(NamedTuple):
    """What somebody says on the telephone, and how long after the call before."""

    after_s: float
    body: dict[str, object]  # as POST /api/v1/ambulance_requests takes it


def read_exchange(path: Path) -> Exchange:
    """Read a JSON object {email, password, patients?}; raises `ExchangeError`."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Exchange(told["email"], told["password"], tuple(told.get("patients", ())))
    except OSError as error:
        raise ExchangeError(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ExchangeError(f"{path} is not a JSON object with email and password") from None


def calls_of(city: City, rng: Random, fleet: int, hour: int, patients: Sequence[str] = ()) -> Iterator[Call]:
    """Yield calls without end, from where they come at an hour of the day, so many that a third of a fleet is busy."""
    weights, named = city.demand[hour % 24].tolist(), places_of(city)
    gaps = iter(FIRST_S)
    mean_s = CYCLE_S / max(1.0, fleet * BUSY_SHARE)
    while True:
        (node,) = rng.choices(range(len(weights)), weights)
        (priority,) = rng.choices(range(1, 5), PRIORITIES)
        place = city.place(node)
        body: dict[str, object] = {
            "priority": priority,
            "caller": f"{rng.choice(NAMES)} {rng.choice('ABCDEFGHJKLMNPRSTV')}.",
            "callback_number": f"+91 90000 {rng.randrange(100_000):05}",
            "complaint": rng.choice(COMPLAINTS[priority - 1]),
            "location_note": f"Near {near(named, city, node)}",
            "pickup_location": {"latitude": round(place.latitude, 6), "longitude": round(place.longitude, 6)},
        }
        if patients and rng.random() < PATIENT_SHARE:
            body["patient_id"] = rng.choice(patients)
        yield Call(next(gaps, None) or rng.expovariate(1 / mean_s), body)


async def call(url: str, exchange: Exchange, city: City, rng: Random, fleet: int) -> None:
    """Put calls through until cancelled; a hub that is away is called again."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as http:
        line = _Line(http, url, exchange)
        for one in calls_of(city, rng, fleet, datetime.now().astimezone().hour, exchange.patients):
            await asyncio.sleep(one.after_s)
            await line.put_through(one.body)


class _Line:
    """The exchange's connection to the hub."""

    def __init__(self, http: aiohttp.ClientSession, url: str, exchange: Exchange) -> None:
        self._http = http
        self._url = url
        self._exchange = exchange
        self._token: str | None = None  # None: sign in first

    async def put_through(self, body: dict[str, object]) -> None:
        """Make one call; it is made once, however often it has to be repeated."""
        key = str(uuid4())
        while True:
            if await self._try(body, key):
                return
            await asyncio.sleep(RETRY_S)

    async def _try(self, body: dict[str, object], key: str) -> bool:
        """Try to make a call; tell whether the hub has answered."""
        try:
            if self._token is None:
                self._token = await sign_in(self._url, self._exchange.email, self._exchange.password)
            headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
            url = http_url(self._url, "/api/v1/ambulance_requests")
            async with self._http.post(url, json=body, headers=headers) as answer:
                if answer.status == UNAUTHORIZED:
                    self._token = None
                if answer.status in (UNAUTHORIZED, TOO_MANY) or answer.status >= FAILED:
                    return False
                if answer.status >= REFUSED:
                    logger.warning("a call was refused (HTTP %d)", answer.status)
                return True
        except (aiohttp.ClientError, TimeoutError, AccessRefused) as error:
            logger.info("the exchange waits: %s", error)
            return False
