"""Examples for schemas: what a declaration gives, else what a field of that name usually holds, else the least."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
REFERENCE = "#/components/schemas/"
TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?$"  # JSON Schema knows none without a zone
DEPTH_MAX = 6  # of types within types

_NOW = "2026-11-23T08:30:00Z"
_LATER = "2026-11-23T20:30:00Z"
_KEY = "0198f1c2-7d3a-7b54-9a41-5e6f2c1d0b3a"
_TOKEN = "vS0vVq1S2dyt0h8wY5mKq3Jx7Zr9Lb4Nc6Pf1Gt2HkA"  # noqa: S105 - made up
_FORMATS = {"uuid": _KEY, "date-time": _NOW, "date": "2026-11-23", "time": "08:30:00", "decimal": "1250.00"}
# What fields of a name usually hold; one that does not fit its schema is passed over.
_USUAL: Mapping[str, tuple[object, ...]] = {
    "accuracy": (4.5,),
    "address": ("14 Lake Road, Pune",),
    "altitude": (561.0,),
    "attribution": ("© OpenStreetMap contributors",),
    "blood_type": ("O+",),
    "callback_number": ("+91 98200 55501",),
    "caller": ("Meera Joshi",),
    "cancel_reason": ("The caller takes a taxi.",),
    "center": ([18.52, 73.86],),
    "claim_code": ("K7Q2-M4XW-9TRB",),
    "client": ("app",),
    "code": ("K7Q2-M4XW-9TRB", "492039"),
    "created_at": ("2026-11-20T06:15:00Z",),
    "complaint": ("Chest pain, sweating",),
    "content": ("Your results have arrived.",),
    "detail": ("there is no such row",),
    "distance_m": (840.5,),
    "driver_name": ("Ravi Kulkarni",),
    "duration_min": (30,),
    "duty": ("dispatcher",),
    "email": ("asha.rao@example.org",),
    "epoch": ("b7c1f02e",),
    "expires_at": (_LATER,),
    "expires_in": (900,),
    "field": ("scheduled_at",),
    "gender": ("female",),
    "heading": (92.0,),
    "kind": ("sos", "tablet"),
    "latitude": (18.5204,),
    "license_number": ("MMC-2019-04211",),
    "location_note": ("Behind the temple, blue gate",),
    "longitude": (73.8567,),
    "name": ("Asha Rao", "clinic"),
    "new_password": ("nine quiet herons by the weir",),
    "current_password": ("a red kettle on a quiet moon",),
    "next_cursor": (None,),
    "notes": ("Follow-up in six weeks.",),
    "password": ("nine quiet herons by the weir",),
    "phone": ("+91 20 5550 1000",),
    "plate_number": ("MH 12 AB 1234",),
    "points": (500,),
    "reason": ("Unconscious in the emergency room, allergies unknown.",),
    "request_id": ("01jdbq0v9s4y",),
    "roads_url": ("/api/v1/map/roads",),
    "role": ("receptionist", "patient"),
    "scheduled_at": ("2026-11-25T05:30:00Z",),
    "secret": (_TOKEN,),
    "specialization": ("Orthopaedics",),
    "speed": (13.4,),
    "speed_max": (22.1,),
    "status": ("available", 404),
    "text": ("Use the rear gate.",),
    "tile_url": ("https://tile.example/{z}/{x}/{y}.png",),
    "time_zone": ("Asia/Kolkata",),
    "title": ("There is no such thing here.", "Results"),
    "to": (_LATER,),
    "type": ("/problems/not_found", "clinic"),
    "user_agent": ("Mozilla/5.0",),
    "years_experience": (12,),
}
# What would not fit together, field by field.
_WHOLE: Mapping[str, object] = {
    "Problem": {
        "type": "/problems/invalid_value",
        "title": "A value is not possible.",
        "status": 422,
        "code": "invalid_value",
        "request_id": "01jdbq0v9s4y",
        "detail": "a time needs its zone, such as Z",
        "field": "scheduled_at",
    },
}


class Examples:
    """Makes an example of each schema, from all of them together."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def of(self, schema: Schema, name: str = "", depth: int = 0) -> Any:
        """Return a value of a schema; `name` is the field that holds it."""
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].removeprefix(REFERENCE)]
        if schema.get("title") in _WHOLE:
            return _WHOLE[schema["title"]]
        told = _told(schema)
        if told:
            return told[0]
        options = schema.get("anyOf") or schema.get("oneOf")
        if options:
            return self._one_of(options, name, depth)
        if schema.get("type") == "object":
            return self._object(schema, depth)
        if schema.get("type") == "array":
            return self._usual(schema, name) or self._array(schema, name, depth)
        usual = self._usual(schema, name)
        return _least(schema, name) if usual is None else usual

    def _one_of(self, options: list[Schema], name: str, depth: int) -> Any:
        if name in _USUAL and _USUAL[name] == (None,) and {"type": "null"} in options:
            return None
        first = next((option for option in options if option != {"type": "null"}), options[0])
        return self.of(first, name, depth)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        """Return every field of an answer; of what a caller sends, the fields that are needed, or else one."""
        fields: Mapping[str, Schema] = schema.get("properties", {})
        needed = set(schema.get("required", ()))
        sent = schema.get("additionalProperties") is False
        if schema.get("title", "").endswith("Creation"):  # what the desk says; a patient or a doctor is known already
            needed |= {name for name in fields if name.endswith("_id") and name != "facility_id"}
        if sent and not needed:
            needed = set(list(fields)[:1])
        chosen = [name for name in fields if name in needed or not (sent or depth >= DEPTH_MAX)]
        return {name: self.of(fields[name], name, depth + 1) for name in chosen}

    def _array(self, schema: Schema, name: str, depth: int) -> list[Any]:
        if depth >= DEPTH_MAX:
            return []
        if schema.get("prefixItems"):
            return [self.of(item, name, depth + 1) for item in schema["prefixItems"]]
        items = schema.get("items")
        return [self.of(items, name, depth + 1)] * max(1, schema.get("minItems", 1)) if isinstance(items, dict) else []

    def _usual(self, schema: Schema, name: str) -> object | None:
        if "type" not in schema and name:
            return _KEY if name == "id" else _USUAL.get(name, (name,))[0]
        return next((value for value in _USUAL.get(name, ()) if _fits(value, schema)), None)


def _told(schema: Schema) -> list[Any]:
    """Return the examples that a schema itself tells of."""
    told = schema.get("examples") or schema.get("enum") or []
    return [*told, *(schema[word] for word in ("const", "default") if word in schema)]


def _fits(value: object, schema: Schema) -> bool:
    kind = schema.get("type")
    if isinstance(value, str):
        fits = kind == "string" and schema.get("format", "date-time") == "date-time"
        fits = fits and (schema.get("format") is None or value.endswith("Z"))
        fits = fits and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6)
        return fits and re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, int | float):
        fits = kind == "number" or (kind == "integer" and isinstance(value, int))
        return fits and schema.get("minimum", value) <= value <= schema.get("maximum", value)
    return isinstance(value, list) and kind == "array"


def _least(schema: Schema, name: str) -> Any:
    """Return a value that a schema allows and that says nothing."""
    kind = schema.get("type")
    if kind == "string":
        return _text(schema, name)
    if kind in ("integer", "number"):
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        return min(max(least, 1), schema.get("maximum", max(least, 1)))
    return kind == "boolean" or None


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if schema.get("pattern") == TIME_OF_DAY:
        return _FORMATS["time"]
    choice = re.match(r"\^\((\w+)[|)]", schema.get("pattern", ""))
    if choice is not None:
        return choice[1]
    if re.fullmatch(r".*(_at|eta|from|to|until|since)", name) and schema.get("maxLength") is None:
        return _NOW
    if "token" in name or name == "ticket":
        return _TOKEN[: schema.get("maxLength", len(_TOKEN))]
    words = name.replace("_", " ") or "text"
    return words.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength", 100)]
