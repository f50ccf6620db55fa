"""What sensors report on their sessions: read from the body of a `report`, over the socket."""

from __future__ import annotations

from typing import Final, Literal, cast
from uuid import UUID

from hub.errors import InvalidValue
from hub.protocol import fields
from hub.protocol.reports import Report

SensorKind = Literal["session_start", "session_stop", "session_rest"]
SENSOR_KINDS: Final = frozenset({"session_start", "session_stop", "session_rest"})


def read_sensor(report: Report) -> tuple[SensorKind, UUID]:
    """Return what a sensor says and of which session; raises `BadInput` with a sentence."""
    if report.kind not in SENSOR_KINDS:
        raise InvalidValue(f"kind must be one of: {', '.join(sorted(SENSOR_KINDS))}", field="kind")
    fields.check_keys(report.body, {"session"})
    try:
        return cast(SensorKind, report.kind), UUID(fields.text(report.body, "session"))
    except ValueError:
        raise InvalidValue("session must be an id that the hub gave", field="session") from None
