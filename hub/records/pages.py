"""The tables as people read them: docs/records.md, from the declarations and the access matrix."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from hub.access.policy import RULES, Rule
from storage.records import kinds
from storage.records.catalog import ENTITIES
from storage.records.entity import Column, Entity
from storage.records.joints import JOINTS
from storage.records.kinds import Kind

INTRODUCTION = """# Records

Every table of the API with its fields, and who may do what with it. What holds for all of them (lists and cursors,
versions, repeated requests, errors) is told by [the tour](api-tour.md); the OpenAPI document of a running hub has the
same tables for programs.

Who: `AN` anonymous, `PT` patient, `DR` doctor, `RC` receptionist, `SA` staff admin, `DP` dispatcher, `SV` dispatch
supervisor, `AD` platform admin, `TB` ambulance tablet, `PX` physio device, `SY` the hub itself. Which rows: `own` the
caller's, `care` of a patient in active care, `fac` of the caller's facility, `facpt` of a patient who has business
there, `asg` of the request that is assigned to this ambulance, `bound` of the session that this device is bound to,
`part` sender or recipient, `par` as the parent row, `bg` behind broken glass, `*` all. Braces hold fields, or a
condition; below each table stands what they mean there.

In a table of fields, *new* says whether a body that makes a row has the field (**must** or may), *change* whether a
`PATCH` may, as far as the braces allow it. What the credential says, such as whose row it is, nobody may send: those
fields are *new* only for who chooses them. This page is generated: `python -m hub.records.pages`.
"""
_KINDS: dict[Kind, str] = {
    kinds.TEXT: "text",
    kinds.INTEGER: "integer",
    kinds.BIGINT: "integer",
    kinds.NUMBER: "number",
    kinds.MONEY: "decimal, as text",
    kinds.BOOLEAN: "true or false",
    kinds.KEY: "uuid",
    kinds.DATE: "date",
    kinds.TIME: "time of day",
    kinds.MOMENT: "time",
    kinds.PLACE: "`latitude`, `longitude`",
    kinds.TEXTS: "list of texts",
    kinds.DOCUMENT: "object",
    kinds.SIGHTING: "`latitude`, `longitude`, `speed`, `heading`, `accuracy`, `fix_at`, `age_s`",
}
_VERBS = {"R": "read", "C": "add", "U": "change", "D": "remove"}


def reference(entities: Iterable[Entity] = ENTITIES) -> str:
    """Return the whole page docs/records.md."""
    return "\n".join([INTRODUCTION, *(_section(entity) for entity in entities)])


def _section(entity: Entity) -> str:
    parts = [f"## {entity.name}", entity.about, _rights(entity), _fields(entity)]
    parts += [
        "\n".join(lines) for lines in (list(_words(entity)), list(_moves(entity)), list(_asking(entity))) if lines
    ]
    return "\n\n".join(parts) + "\n"


def _rights(entity: Entity) -> str:
    lines = ["| may | who |", "| --- | --- |"]
    for verb, word in _VERBS.items():
        rules = RULES.get(f"{entity.name}.{verb}", RULES.get(f"{entity.name}.*", ()))
        lines.append(f"| {word} | {_who(rules) or 'nobody'} |")
    return "\n".join(lines)


def _who(rules: tuple[Rule, ...]) -> str:
    by_code: dict[str, list[str]] = {}
    for rule in rules:
        braces = "" if rule.condition is None else f"{{{rule.condition}}}"
        by_code.setdefault(rule.code, []).append(f"{rule.scope}{braces}")
    return ", ".join(f"`{code}:{','.join(grants)}`" for code, grants in by_code.items())


def _fields(entity: Entity) -> str:
    lines = ["| field | kind | new | change | meaning |", "| --- | --- | --- | --- | --- |"]
    for column in entity.columns:
        given = {"must": "**must**", "may": "may", "no": ""}[column.create]
        about = f"{column.about} {_limits(column)}".strip()
        kind = _KINDS[column.kind] + (", or null" if column.nullable else "")
        lines.append(f"| `{column.name}` | {kind} | {given} | {'may' if column.change else ''} | {about} |")
    return "\n".join(lines)


def _limits(column: Column) -> str:
    if column.choices == JOINTS:
        return "From the closed list of joints, such as `right_knee_flexion`."
    if column.choices:
        return f"One of {', '.join(f'`{choice}`' for choice in column.choices)}."
    what = " characters" if column.kind is kinds.TEXT else ""
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum} to {column.maximum:_}{what}.".replace("_", ",")
    if column.maximum is not None:
        return f"At most {column.maximum:_}{what}.".replace("_", ",")
    return f"Of [{column.references}](#{column.references})." if _listed(column.references) else ""


def _listed(table: str | None) -> bool:
    return any(entity.name == table for entity in ENTITIES)


def _words(entity: Entity) -> Iterator[str]:
    for word, meaning in entity.words.items():
        said = [f"the fields {', '.join(f'`{name}`' for name in meaning.fields)}"] if meaning.fields else []
        said += [f"to {' or '.join(f'`{status}`' for status in meaning.moves)}"] if meaning.moves else []
        if said:
            yield f"- {{{word}}}: {', '.join(said)}"


def _moves(entity: Entity) -> Iterator[str]:
    for status, moves in entity.moves.items():
        yield f"- from `{status}` to {', '.join(f'`{move}`' for move in moves)}"


def _asking(entity: Entity) -> Iterator[str]:
    names = []
    for one in entity.filters:
        spans = (f"{one.column}_from", f"{one.column}_until") if one.span else ()
        names += [f"`{name}`{' (required)' if one.required else ''}" for name in (one.column, *spans)]
    if names:
        yield f"- filters: {', '.join(names)}"
    if entity.search:
        searched = (column.name for column in entity.columns if (column.source or f"r.{column.name}") in entity.search)
        yield f"- `search` looks in {', '.join(f'`{name}`' for name in searched)}"
    orders = [f"`{'-' if one.descends else ''}{one.column}`" for one in entity.sorts] or ["`id`"]
    yield f"- `sort`: {', '.join(orders)}; the first where nothing is said"
    if entity.embeds:
        yield f"- `embed`: {', '.join(f'`{embed.name}`' for embed in entity.embeds)}"


if __name__ == "__main__":
    sys.stdout.write(reference())
