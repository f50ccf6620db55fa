"""The API for people: the OpenAPI document as one page, which needs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handlers.openapi.markup import attribute, block, pretty, table, text, type_words
from handlers.openapi.words import CODES, SCOPES, Section

STYLE = (Path(__file__).parent / "page.css").read_text()  # a file is read for it: at import, not on the event loop
Document = Mapping[str, Any]


def policy() -> str:
    """Return the page's Content-Security-Policy: nothing but the style within it, told by its hash."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    nothing = ("default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'")
    return "; ".join((*nothing, f"style-src 'sha256-{digest}'"))


def page(described: Document, sections: tuple[Section, ...]) -> str:
    """Return the page of an OpenAPI document."""
    groups = [_Group(tag, described) for tag in described["tags"]]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{text(described['info']['title'])} API</title><style>{STYLE}</style></head><body>"
        '<a class="skip" href="#main">To the contents</a>'
        f'{_head(described)}<div class="frame">{_contents(sections, groups)}<main id="main">'
        + "".join(_section(section, described) for section in sections)
        + "".join(group.html() for group in groups)
        + _types(described)
        + "</main></div></body></html>"
    )


class _Group:
    """The operations of one tag."""

    def __init__(self, tag: Mapping[str, str], described: Document) -> None:
        self.name = f"group-{tag['name']}"  # in the page's address: a section may have the plain word
        self.title = tag["name"].replace("_", " ").capitalize()
        self._about = tag["description"]
        self._described = described
        self.operations = [
            (method.upper(), path, operation)
            for path, methods in sorted(described["paths"].items())
            for method, operation in methods.items()
            if operation["tags"] == [tag["name"]]
        ]

    def html(self) -> str:
        """Return the group as a part of the page."""
        operations = "".join(_operation(*one, self._described) for one in self.operations)
        return (
            f'<section id="{attribute(self.name)}" class="group">{_title("h2", self.title, self.name)}'
            f"<p>{text(self._about)}</p>{operations}</section>"
        )


def _head(described: Document) -> str:
    info = described["info"]
    return (
        f'<header><a class="brand" href="/">{text(info["title"])}</a><span class="version">API {text(info["version"])}'
        '</span><nav aria-label="Elsewhere"><a href="/openapi.json">OpenAPI document</a></nav></header>'
    )


def _contents(sections: tuple[Section, ...], groups: list[_Group]) -> str:
    first = "".join(f'<li><a href="#{section.name}">{text(section.title)}</a></li>' for section in sections)
    rest = ""
    for group in groups:
        inner = "".join(
            f'<li><a href="#{operation["operationId"]}"><span class="verb {method.lower()}">{method}</span>'
            f"{text(operation['summary'])}</a></li>"
            for method, _, operation in group.operations
        )
        rest += f'<li><a href="#{attribute(group.name)}">{text(group.title)}</a><ul>{inner}</ul></li>'
    return (
        '<nav class="contents" aria-label="Contents"><details open><summary>Contents</summary>'
        f'<ul class="intro">{first}</ul><ul class="groups">{rest}</ul>'
        '<ul><li><a href="#types">Types</a></li></ul></details></nav>'
    )


def _title(level: str, words: str, name: str) -> str:
    return f"<{level}>{text(words)} {_anchor(name)}</{level}>"


def _anchor(name: str) -> str:
    return f'<a class="anchor" href="#{attribute(name)}" aria-label="Link to this">#</a>'


def _section(section: Section, described: Document) -> str:
    body = "".join(f"<p>{text(paragraph)}</p>" for paragraph in section.paragraphs)
    body += block(section.code, "With curl") if section.code else ""
    if section.name == "errors":
        body += _errors(described)
    if section.name == "rights":
        body += table(("Code", "Who"), ((f"<code>{code}</code>", text(who)) for code, who in CODES.items()))
    return f'<section id="{section.name}">{_title("h2", section.title, section.name)}{body}</section>'


def _errors(described: Document) -> str:
    rows: list[tuple[str, ...]] = []
    for response in described["components"]["responses"].values():
        for code, example in response["content"]["application/problem+json"]["examples"].items():
            status = example["value"]["status"]
            first = "" if any(f'"status-{status}"' in row[0] for row in rows) else f' id="status-{status}"'
            rows.append((f"<span{first}>{status}</span>", f"<code>{code}</code>", text(example["summary"])))
    problem = described["components"]["schemas"]["Problem"]["examples"][0]
    return table(("Status", "Code", "Meaning"), rows) + block(pretty(problem), "A refusal")


def _operation(method: str, path: str, operation: Mapping[str, Any], described: Document) -> str:
    name = operation["operationId"]
    about = operation.get("description", "")
    return (
        f'<article id="{name}"><div class="told"><h3><span class="verb {method.lower()}">{method}</span> '
        f'<span class="path">{_path(path)}</span> {_anchor(name)}</h3>'
        f'<p class="summary">{text(operation["summary"])}</p>'
        + (f"<p>{text(about)}</p>" if about and about.rstrip(".") != operation["summary"] else "")
        + _who(operation)
        + _parameters(operation, described)
        + _body(operation, described)
        + _answers(operation)
        + '</div><div class="shown">'
        + block(operation["x-codeSamples"][0]["source"], "With curl")
        + _answer_example(operation)
        + "</div></article>"
    )


def _path(path: str) -> str:
    """Return a path that may break behind its slashes."""
    return text(path).replace("/", "/<wbr>").replace("/<wbr>", "/", 1)


def _who(operation: Mapping[str, Any]) -> str:
    access = operation["x-access"]
    chips = "".join(
        f"<li><b>{text(CODES.get(code, code))}</b> {text('; '.join(_scope(rule) for rule in rules))}</li>"
        for code, rules in access["allow"].items()
    )
    public = "" if operation["security"] and {} not in operation["security"] else " No credential is needed."
    return f'<p class="label">Who may <code>{text(access["action"])}</code>.{public}</p><ul class="who">{chips}</ul>'


def _scope(rule: str) -> str:
    scope, _, condition = rule.partition("{")
    words = SCOPES.get(scope, scope)
    listed = ", ".join(part.strip() for part in condition.rstrip("}").split(","))
    return f"{words} ({listed})" if condition else words


def _parameters(operation: Mapping[str, Any], described: Document) -> str:
    listed = []
    for item in operation.get("parameters", ()):
        found = described["components"]["parameters"][item["$ref"].rpartition("/")[2]] if "$ref" in item else item
        about = text(found.get("description", ""))
        if "default" in found["schema"]:
            about += f" Without it: <code>{text(str(found['schema']['default']))}</code>."
        place = found["in"] if found["in"] != "path" else "in the path"
        needed = ", needed" if found.get("required") and found["in"] != "path" else ""
        listed.append((f"<code>{text(found['name'])}</code>", f"{place}{needed}", type_words(found["schema"]), about))
    return table(("Parameter", "Where", "What", "About"), listed) if listed else ""


def _body(operation: Mapping[str, Any], described: Document) -> str:
    body = operation.get("requestBody")
    if body is None:
        return ""
    kinds = " or ".join(f"<code>{kind}</code>" for kind in body["content"])
    schema = next(iter(body["content"].values()))["schema"]
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return f'<p class="label">Body, as {kinds}</p>{_fields(schema)}'


def _fields(schema: Mapping[str, Any]) -> str:
    needed = set(schema.get("required", ()))
    rows = (
        (
            f"<code>{text(name)}</code>{'' if name in needed else ' <i>optional</i>'}",
            type_words(field),
            text(_about(field)),
        )
        for name, field in schema.get("properties", {}).items()
    )
    return table(("Field", "What", "About"), rows) if schema.get("properties") else ""


def _about(field: Mapping[str, Any]) -> str:
    """Return what is said of a field, also where it stands within one of its forms, beside null."""
    told = (form.get("description", "") for form in (field, *field.get("anyOf", ())))
    return next(filter(None, told), "")


def _answers(operation: Mapping[str, Any]) -> str:
    items = []
    for status, answer in operation["responses"].items():
        if "$ref" in answer:
            items.append(f'<li><a href="#status-{status}">{status}</a></li>')
            continue
        kinds = "; ".join(
            f"{type_words(media['schema'])} as <code>{kind}</code>" for kind, media in answer.get("content", {}).items()
        )
        headers = [name for name in answer.get("headers", {}) if name != "X-Request-Id"]
        beside = f" with {', '.join(headers)}" if headers else ""
        items.append(f'<li class="good"><b>{status}</b> {kinds or text(answer["description"])}{beside}</li>')
    return f'<p class="label">Answers</p><ul class="answers">{"".join(items)}</ul>'


def _answer_example(operation: Mapping[str, Any]) -> str:
    for status, answer in operation["responses"].items():
        for media in answer.get("content", {}).values():
            if "example" in media:
                return block(pretty(media["example"]), f"Answers {status}")
    return ""


def _types(described: Document) -> str:
    def each() -> Iterator[str]:
        for name, schema in sorted(described["components"]["schemas"].items()):
            about = schema.get("description", "")
            yield (
                f'<article class="type" id="type-{attribute(name)}"><h3><span class="path">{text(name)}</span> '
                f"{_anchor(f'type-{name}')}</h3><p>{text(about)}</p>{_fields(schema)}</article>"
            )

    return f'<section id="types">{_title("h2", "Types", "types")}{"".join(each())}</section>'
