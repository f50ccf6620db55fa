"""The component schemas: what routes take and answer, as JSON Schema 2020-12, each with an example."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import inspect
from msgspec.structs import FieldInfo

from handlers.openapi.examples import REFERENCE, TIME_OF_DAY, Examples

NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]*$"  # of a text in a query
INTEGER_MAX = 10**18 - 1  # of a number in a query
_FORMATS: dict[type, str] = {
    inspect.DateTimeType: "date-time",
    inspect.DateType: "date",
}


class Problem(msgspec.Struct):
    """RFC 9457; `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    request_id: str
    detail: str | msgspec.UnsetType = msgspec.UNSET
    field: str | msgspec.UnsetType = msgspec.UNSET


class Schemas:
    """The schemas of some types, and of all that they are made of, by name."""

    def __init__(self, kinds: Iterable[type[msgspec.Struct]]) -> None:
        listed: list[type[msgspec.Struct]] = sorted(
            {Problem, *kinds}, key=lambda kind: (kind.__name__, kind.__module__)
        )
        references, components = msgspec.json.schema_components(listed, ref_template=REFERENCE + "{name}")
        self._references = dict(zip(listed, references, strict=True))
        self.components: dict[str, dict[str, Any]] = components
        self._say_formats(listed)
        self.examples = Examples(components)
        for schema in components.values():
            schema.setdefault("examples", [self.examples.of(schema)])

    def reference(self, kind: type[msgspec.Struct]) -> dict[str, Any]:
        """Return the schema that refers to a type."""
        return self._references[kind]

    def content(self, media_type: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
        """Return a body of one media type, with its example."""
        reference = self.reference(kind)
        return {media_type: {"schema": reference, "example": self.examples.of(reference)}}

    def _say_formats(self, kinds: list[type[msgspec.Struct]]) -> None:
        """Say which texts are times: without a declared zone, msgspec does not."""
        seen: dict[type, inspect.StructType] = {}
        for kind in inspect.multi_type_info(kinds):
            _gather(kind, seen)
        for found in seen.values():
            schema = self.components[self._name_of(found.cls)]
            for field in found.fields:
                if field.encode_name in schema.get("properties", {}):
                    _say_format(schema["properties"][field.encode_name], field.type)

    def _name_of(self, kind: type) -> str:
        if kind in self._references:
            return str(self._references[kind]["$ref"]).removeprefix(REFERENCE)
        # as msgspec names those that share a name
        full = re.sub(r"[^a-zA-Z0-9.\-_]", "_", f"{kind.__module__}.{kind.__qualname__}")
        return kind.__name__ if kind.__name__ in self.components else full


def query_schema(field: FieldInfo, page_rows_max: int) -> dict[str, Any]:
    """Return the schema of a query parameter: exactly what is read of it."""
    schema = _without_null(msgspec.json.schema(field.type))
    if field.encode_name == "limit":
        schema["maximum"] = page_rows_max
    if field.default not in (msgspec.NODEFAULT, None):
        schema["default"] = field.default
    if schema.get("type") == "string" and not {"format", "enum"} & set(schema):
        schema.setdefault("pattern", NO_CONTROLS)
    if schema.get("type") == "integer":
        schema.setdefault("minimum", -INTEGER_MAX)
        schema.setdefault("maximum", INTEGER_MAX)
    return schema


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without null: an absent parameter is not an empty one."""
    if "enum" in schema:
        return {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    return dict(options[0]) if len(options) == 1 else schema


def _gather(kind: Any, seen: dict[type, inspect.StructType]) -> None:
    if isinstance(kind, inspect.StructType):
        if kind.cls in seen:
            return
        seen[kind.cls] = kind
    for inner in _parts(kind):
        _gather(inner, seen)


def _parts(kind: Any) -> list[Any]:
    """Return the types that a type is made of."""
    if isinstance(kind, inspect.StructType):
        return [field.type for field in kind.fields]
    found = [getattr(kind, name) for name in ("item_type", "key_type", "value_type", "type") if hasattr(kind, name)]
    for name in ("types", "item_types"):
        found += getattr(kind, name, ())
    return found


def _say_format(schema: dict[str, Any], kind: Any) -> None:
    if isinstance(kind, inspect.Metadata):
        return _say_format(schema, kind.type)
    if isinstance(kind, inspect.UnionType):
        for option in schema.get("anyOf", [schema]):
            for inner in kind.types:
                _say_format(option, inner)
        return None
    if type(kind) in _FORMATS and schema.get("type") == "string":
        schema.setdefault("format", _FORMATS[type(kind)])
    if isinstance(kind, inspect.TimeType) and schema.get("type") == "string":
        schema.pop("format", None)
        schema["pattern"] = TIME_OF_DAY
    if isinstance(kind, inspect.ListType) and isinstance(schema.get("items"), dict):
        _say_format(schema["items"], kind.item_type)
    return None
