"""Every setting of the product, read from TOML and the environment: the only module that looks there.

A setting is a `key` of a `[section]` in the TOML file, or `AROGYA_SECTION__KEY` in the environment, which wins.
`AROGYA_DATABASE_URL` is short for `AROGYA_DATABASE__URL`; `AROGYA_CONFIG` names the file.
"""

from __future__ import annotations

import dataclasses
import os
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arogya.configuration import reader
from arogya.configuration.dispatch import Dispatch
from arogya.configuration.fields import Mistake
from arogya.configuration.sections import (
    Auth,
    Database,
    Ingest,
    Limits,
    Live,
    Logging,
    Mail,
    Map,
    Nodes,
    Retention,
    Server,
)


class ConfigError(Exception):
    """All mistakes of one configuration at once."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(f"{key}: {problem}; {remedy}" for key, problem, remedy in mistakes))
        self.mistakes = mistakes  # in the order of the file, then of the environment


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration."""

    server: Server = dataclasses.field(default_factory=Server)
    database: Database = dataclasses.field(default_factory=Database)
    nodes: Nodes = dataclasses.field(default_factory=Nodes)
    ingest: Ingest = dataclasses.field(default_factory=Ingest)
    live: Live = dataclasses.field(default_factory=Live)
    dispatch: Dispatch = dataclasses.field(default_factory=Dispatch)
    auth: Auth = dataclasses.field(default_factory=Auth)
    limits: Limits = dataclasses.field(default_factory=Limits)
    mail: Mail = dataclasses.field(default_factory=Mail)
    retention: Retention = dataclasses.field(default_factory=Retention)
    map: Map = dataclasses.field(default_factory=Map)
    logging: Logging = dataclasses.field(default_factory=Logging)


SECTIONS: dict[str, type] = typing.get_type_hints(Settings)


def load(
    toml_path: Path | None = None,
    env: Mapping[str, str] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> Settings:
    """Read the file (or the one that AROGYA_CONFIG names), then the environment, then a command's options.

    What is read later wins. Raises one `ConfigError` with all mistakes.
    """
    variables = dict(os.environ if env is None else env)  # noqa: TID251 - this is the module that reads it
    path = toml_path or (Path(variables[reader.FILE_VARIABLE]) if variables.get(reader.FILE_VARIABLE) else None)
    document, mistakes = reader.read_file(path) if path else ({}, [])
    values, wrong = reader.read_document(document, SECTIONS)
    mistakes += wrong
    mistakes += reader.read_environment(variables, SECTIONS, values)
    chosen, wrong = reader.read_document(options or {}, SECTIONS)
    mistakes += wrong
    for section, table in chosen.items():
        values[section].update(table)
    mistakes += contradictions(values)
    return _built(values, mistakes)


def from_plain(document: Mapping[str, Any]) -> Settings:
    """Build settings from what `dataclasses.asdict` made of others; how a hub process gets its own."""
    values, mistakes = reader.read_document(document, SECTIONS)
    return _built(values, mistakes)


def changed(settings: Settings, section: str, **values: Any) -> Settings:
    """Return the settings with some values of one section replaced."""
    return dataclasses.replace(settings, **{section: dataclasses.replace(getattr(settings, section), **values)})


def contradictions(values: Mapping[str, Mapping[str, Any]]) -> list[Mistake]:
    """Return the mistakes that no single setting shows."""
    server, ingest = Server(**values["server"]), Ingest(**values["ingest"])
    mistakes = []
    if (server.tls_certificate is None) != (server.tls_key is None):
        mistakes.append(Mistake("server.tls_key", "certificate and key come together", "set both or neither"))
    if ingest.flush_bytes > ingest.batch_bytes:
        mistakes.append(Mistake("ingest.flush_bytes", "is above ingest.batch_bytes", "make it smaller"))
    if ingest.budget_samples < ingest.credit_samples:
        mistakes.append(Mistake("ingest.budget_samples", "is below ingest.credit_samples", "make it larger"))
    return mistakes + _dispatch_contradictions(Dispatch(**values["dispatch"]))


def _dispatch_contradictions(dispatch: Dispatch) -> list[Mistake]:
    if dispatch.travel in ("osrm", "valhalla") and dispatch.travel_url is None:
        return [Mistake("dispatch.travel_url", f"is not set, and dispatch.travel is {dispatch.travel}", "set it")]
    if dispatch.travel == "roads" and dispatch.roads_graph is None:
        return [Mistake("dispatch.roads_graph", "is not set, and dispatch.travel is roads", "name the file")]
    return []


def runtime_dir() -> Path:
    """Return the folder for what lives as long as a login: in $XDG_RUNTIME_DIR, or one of our own in /tmp."""
    given = os.environ.get("XDG_RUNTIME_DIR")  # noqa: TID251 - this is the module that reads it
    if given and Path(given).is_dir():
        return Path(given) / "arogya"
    return Path(f"/tmp/arogya-{os.geteuid()}")  # noqa: S108 - its owner is checked on use


def environment_with(**variables: str) -> dict[str, str]:
    """Return this process's environment with some variables set: for programs that find secrets there."""
    return {**os.environ, **variables}  # noqa: TID251 - this is the module that reads it


def _built(values: Mapping[str, Mapping[str, Any]], mistakes: list[Mistake]) -> Settings:
    if mistakes:
        raise ConfigError(mistakes)
    return Settings(**{name: section(**values[name]) for name, section in SECTIONS.items()})
