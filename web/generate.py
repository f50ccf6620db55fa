"""Write what the pages know of the hub from what the hub says of itself: `web/src/generated/`, which is committed.

`make web-types` runs it after a route or a table changed; a test fails while the files say something else.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from handlers.context import HttpSettings
from handlers.openapi.document import document
from handlers.routes import ROUTES
from storage.records import kinds
from storage.records.catalog import ENTITIES
from storage.records.entity import Column, Entity

GENERATED = Path(__file__).resolve().parent / "src" / "generated"
HEADING = "// Written by web/generate.py (`make web-types`): do not edit.\n"
API = "/api/v1"
REFERENCE = "#/components/schemas/"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
JSON_TYPES = ("application/json", "application/merge-patch+json", "application/geo+json")
KIND_NAMES = {kind: name.lower() for name, kind in vars(kinds).items() if isinstance(kind, kinds.Kind)}
SHAPES = """/** One field of a record. */
export interface EntityColumn {
  readonly name: string;
  readonly kind: KINDS;
  readonly about: string;
  readonly nullable: boolean;
  readonly create: "no" | "may" | "must";
  readonly change: boolean;
  readonly choices: readonly string[];
  /** Of a number; of a text its length in characters. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly pattern: string | null;
  /** The table whose id it holds. */
  readonly references: string | null;
  readonly example: unknown;
}

/** What is declared about a table. */
export interface Entity {
  readonly name: string;
  readonly singular: string;
  readonly about: string;
  readonly columns: readonly EntityColumn[];
  readonly filters: readonly { readonly column: string; readonly span: boolean; readonly required: boolean }[];
  readonly sorts: readonly { readonly column: string; readonly descends: boolean }[];
  readonly searchable: boolean;
  readonly embeds: readonly string[];
  /** Status by status, where a change may take it. */
  readonly moves: Readonly<Record<string, readonly string[]>>;
}

type Tables = Readonly<Record<string, Entity>>;
""".replace("KINDS", " | ".join(json.dumps(name) for name in KIND_NAMES.values()))
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)


def generated() -> dict[str, str]:
    """Return the text of each generated file by its name."""
    described = json.loads(json.dumps(document(ROUTES, version="", settings=HttpSettings()), default=str))
    return {"api.ts": api_types(described), "entities.ts": entity_table(ENTITIES)}


def api_types(described: Mapping[str, Any]) -> str:
    """Return a type for each schema of an OpenAPI document, and what each route takes and answers."""
    schemas = described["components"]["schemas"]
    parts = [HEADING]
    parts += [_declaration(name, schemas[name]) for name in sorted(schemas)]
    routes = {
        f"{method.upper()} {path.removeprefix(API)}": operation
        for path, operations in described["paths"].items()
        if path.startswith(f"{API}/")
        for method, operation in operations.items()
        if isinstance(operation, dict)
    }
    lines = [f"  {json.dumps(name)}: {_route(routes[name])};" for name in sorted(routes)]
    about = f"/** By method and path below {API}: what a route takes, and what it answers when all is well. */\n"
    return "\n".join(parts) + "\n" + about + "export interface Routes {\n" + "\n".join(lines) + "\n}\n"


def entity_table(entities: Iterable[Entity]) -> str:
    """Return the declared tables as a constant that forms, lists and links are made of."""
    tables = [f"  {_key(entity.name)}: {_entity(entity)}," for entity in entities]
    about = "/** Every table of the records API, as it is declared. */\n"
    constant = f"{about}export const ENTITIES = {{\n" + "\n".join(tables) + "\n} as const satisfies Tables;\n"
    return f"{HEADING}\n{SHAPES}\n{constant}\nexport type EntityName = keyof typeof ENTITIES;\n"


def type_of(schema: Mapping[str, Any]) -> str:
    """Return the TypeScript type of a JSON schema."""
    if "$ref" in schema:
        return _type_name(schema["$ref"].removeprefix(REFERENCE))
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " | ".join(dict.fromkeys(type_of(option) for option in schema[word]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(type_of({**schema, "type": one}) for one in kind)
    if kind == "array":
        return _array(schema)
    if kind == "object":
        return _object(schema)
    return PLAIN.get(kind or "", "unknown")


def _array(schema: Mapping[str, Any]) -> str:
    if schema.get("prefixItems"):
        return f"readonly [{', '.join(type_of(item) for item in schema['prefixItems'])}]"
    items = schema.get("items")
    inner = type_of(items) if isinstance(items, dict) else "unknown"
    return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"


def _object(schema: Mapping[str, Any]) -> str:
    if "properties" in schema:
        return "{ " + " ".join(f"{field}" for field in _fields(schema)) + " }"
    values = schema.get("additionalProperties")
    return f"Readonly<Record<string, {type_of(values) if isinstance(values, dict) else 'unknown'}>>"


def _declaration(name: str, schema: Mapping[str, Any]) -> str:
    about = _comment(schema.get("description", ""))
    if schema.get("type") != "object" or "properties" not in schema:
        return f"{about}export type {_type_name(name)} = {type_of(schema)};\n"
    lines = "".join(f"  {field}\n" for field in _fields(schema))
    return f"{about}export interface {_type_name(name)} {{\n{lines}}}\n"


def _fields(schema: Mapping[str, Any]) -> list[str]:
    required = set(schema.get("required", ()))
    return [
        f"readonly {_key(name)}{'' if name in required else '?'}: {type_of(inner)};"
        for name, inner in schema["properties"].items()
    ]


def _route(operation: Mapping[str, Any]) -> str:
    body = _content_type(operation.get("requestBody", {})) or "undefined"
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    answer = " | ".join(dict.fromkeys(_content_type(one) or "null" for one in answers)) or "null"
    query = [item for item in operation.get("parameters", ()) if item.get("in") == "query"]
    asked = "".join(
        f" readonly {_key(item['name'])}{'' if item.get('required') else '?'}: {type_of(item.get('schema', {}))};"
        for item in query
    )
    return f"{{ query: {{{asked}{' ' if asked else ''}}}; body: {body}; answer: {answer} }}"


def _content_type(holder: Mapping[str, Any]) -> str:
    """Return the type of the JSON in a body or an answer; empty where it has none."""
    content = holder.get("content", {})
    found = [type_of(media.get("schema", {})) for kind, media in content.items() if kind in JSON_TYPES]
    others = [kind for kind in content if kind not in JSON_TYPES]
    return " | ".join(dict.fromkeys(found)) or ("string" if others else "")


def _entity(entity: Entity) -> str:
    columns = "".join(f"      {_compact(_column(column))},\n" for column in entity.columns)
    rest = {
        "filters": [{"column": one.column, "span": one.span, "required": one.required} for one in entity.filters],
        "sorts": [{"column": one.column, "descends": one.descends} for one in entity.sorts],
        "searchable": bool(entity.search),
        "embeds": [one.name for one in entity.embeds],
        "moves": {status: list(moves) for status, moves in entity.moves.items()},
    }
    head = {"name": entity.name, "singular": entity.singular, "about": entity.about}
    lines = [f"    {key}: {_compact(value)},\n" for key, value in head.items()]
    lines.append(f"    columns: [\n{columns}    ],\n")
    lines += [f"    {key}: {_compact(value)},\n" for key, value in rest.items()]
    return "{\n" + "".join(lines) + "  }"


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": KIND_NAMES[column.kind],
        "about": column.about,
        "nullable": column.nullable,
        "create": column.create,
        "change": column.change,
        "choices": list(column.choices),
        "minimum": column.minimum,
        "maximum": column.maximum,
        "pattern": column.pattern,
        "references": column.references,
        "example": column.example,
    }


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _type_name(name: str) -> str:
    """Return a schema's name as a type; two of one name are told apart by their module, as `module.Name`."""
    words = [word for word in re.split(r"[^A-Za-z0-9_]", name) if word][-2:]
    return "".join(word[:1].upper() + word[1:] for word in words)


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else json.dumps(name)


def _comment(text: str) -> str:
    return f"/** {text.replace('*/', '* /')} */\n" if text else ""


def main() -> int:
    """Write the files, or say which ones are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    only_check = parser.parse_args().check
    stale = {
        GENERATED / name: text
        for name, text in generated().items()
        if not (GENERATED / name).exists() or (GENERATED / name).read_text() != text
    }
    for path, text in stale.items():
        sys.stdout.write(f"{'stale' if only_check else 'written'}: {path}\n")
        if not only_check:
            GENERATED.mkdir(exist_ok=True)
            fresh = path.with_name(f".{path.name}.new")
            fresh.write_text(text)
            fresh.replace(path)  # a build that runs meanwhile reads a whole file
    return 1 if stale and only_check else 0


if __name__ == "__main__":
    sys.exit(main())
