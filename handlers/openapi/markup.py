"""HTML out of plain values: everything is escaped, and `…` between backticks becomes code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from handlers.openapi.examples import REFERENCE

_CODE = re.compile(r"`([^`]+)`")


def text(words: str) -> str:
    """Return a sentence as HTML."""
    return _CODE.sub(r"<code>\1</code>", escape(words, quote=False))


def attribute(words: str) -> str:
    """Return a value for an attribute in double quotes."""
    return escape(words, quote=True)


def block(source: str, label: str) -> str:
    """Return lines of code that can be scrolled by keyboard too."""
    scrolled = f'<pre tabindex="0" role="region" aria-label="{attribute(label)}">'
    code = f"{scrolled}<code>{escape(source, quote=False)}</code></pre>"
    return f"<figure><figcaption>{text(label)}</figcaption>{code}</figure>"


def pretty(value: object) -> str:
    """Return a value as JSON for reading."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table; cells are HTML already, and a column without any text is left out."""
    listed = list(rows)
    kept = [number for number in range(len(heads)) if any(row[number] for row in listed)]
    head = "".join(f'<th scope="col">{text(heads[number])}</th>' for number in kept)
    cells = ("".join(f"<td>{row[number]}</td>" for number in kept) for row in listed)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def type_words(schema: Mapping[str, Any]) -> str:
    """Return what a schema allows, in a few words of HTML."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REFERENCE)
        return f'<a href="#type-{attribute(name)}">{escape(name)}</a>'
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return " or ".join(type_words(option) for option in options)
    kind = schema.get("type", "anything")
    if kind == "array":
        items = schema.get("items")
        return f"list of {type_words(items)}" if isinstance(items, dict) else "list"
    return escape(f"{schema.get('format') or kind}{_bounds(schema)}")


def _bounds(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None and abs(most) >= 10**17:
        return "" if abs(least) >= 10**17 else f" ≥ {least}"
    if least is not None and most is not None:
        return f" {least} to {most}"
    if least is not None or most is not None:
        return f" ≥ {least}" if most is None else f" ≤ {most}"
    if "maxLength" in schema:
        shortest = schema.get("minLength", 0)
        longest = schema["maxLength"]
        return f", {longest} characters" if shortest == longest else f", {shortest} to {longest} characters"
    return ""
