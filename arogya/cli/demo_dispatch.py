"""The demonstration's dispatch: how it is set, who puts its calls through, and what its city starts with."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import msgspec

from arogya.cli.demo_clinic import HOSPITAL
from arogya.config import Settings, changed
from arogya.configuration.dispatch import Dispatch
from arogya.running import write_private
from hub.access.tokens import new_token
from storage import demo_dispatch
from storage.demo import DemoUser
from storage.demo_dispatch import DemoCity
from storage.passwords import Passwords

EXCHANGE_FILE = "exchange.json"
EXCHANGE = DemoUser("Ekta Exchange", "exchange@arogya.example", "staff", "receptionist", "dispatcher")
PATIENTS = tuple(f"{name}@arogya.example" for name in ("arjun", "lakshmi", "zoya", "vikram", "neha"))
UNATTENDED_S = 8.0  # then a call is offered to a unit by itself: whoever looks at the demonstration may be quicker


def by_itself(settings: Settings) -> Settings:
    """Return settings by which calls are served though nobody dispatches, unless somebody has chosen how."""
    names = [f"p{priority}_{what}" for priority in range(1, 5) for what in ("mode", "unattended_s")]
    standard = Dispatch()
    if any(getattr(settings.dispatch, name) != getattr(standard, name) for name in names):
        return settings
    chosen = {name: "automatic" if name.endswith("mode") else UNATTENDED_S for name in names}
    return changed(settings, "dispatch", **chosen)


def on_its_roads(settings: Settings, state: Path, seed: int) -> Settings:
    """Return settings by which travel times are those of the city's streets, drawn once for each seed."""
    if settings.dispatch.travel != "line":
        return settings
    file = state / f"roads-{seed}.graph.json"
    if not file.exists():
        from arogya.simulator import city

        write_private(file, msgspec.json.encode(city.build(seed).roads_file()).decode())
    return changed(settings, "dispatch", travel="roads", roads_graph=str(file))


def found_ahead(state: Path, seed: int) -> Future[DemoCity] | None:
    """Begin to make up the city of a first run, while PostgreSQL is made, too; None for a folder that has been used."""
    if (state / EXCHANGE_FILE).exists():
        return None
    aside = ThreadPoolExecutor(1)
    try:
        return aside.submit(_found, seed)
    finally:
        aside.shutdown(wait=False)


async def prepare(dsn: str, state: Path, seed: int, ahead: Future[DemoCity] | None = None) -> Path:
    """Store the city and its last days where they are missing; return the file that the exchange signs in with."""
    if not await demo_dispatch.is_seeded(dsn):
        await demo_dispatch.seed(dsn, _found(seed) if ahead is None else ahead.result())
    file = state / EXCHANGE_FILE
    if not file.exists():
        password = new_token()
        passwords = Passwords()
        try:
            password_hash = await passwords.hash(password)
        finally:
            passwords.close()
        patients = await demo_dispatch.ensure_caller(dsn, EXCHANGE, HOSPITAL, password_hash, PATIENTS)
        told = {"email": EXCHANGE.email, "password": password, "patients": [str(each) for each in patients]}
        write_private(file, json.dumps(told, indent=1))
    return file


def _found(seed: int) -> DemoCity:
    from arogya.cli import demo_city, demo_data  # the libraries of the city take a second to load: once

    return demo_city.found(seed, demo_data.plates(), demo_data.FACILITIES)
