"""What the API's page and its OpenAPI document say in words, beside what follows from the route table."""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

from handlers.call import API, Route
from handlers.context import HttpSettings
from storage.records.catalog import ENTITIES


class Section(NamedTuple):
    """One piece of the introduction, in Markdown paragraphs."""

    name: str  # in the page's address
    title: str
    paragraphs: tuple[str, ...]
    code: str = ""


# Who the codes of the access matrix are.
CODES = {
    "AN": "Anybody",
    "PT": "Patients",
    "DR": "Doctors",
    "RC": "Receptionists",
    "SA": "Facility admins",
    "DP": "Dispatchers",
    "SV": "Dispatch supervisors",
    "AD": "Platform admins",
    "TB": "Ambulance tablets",
    "PX": "Physio devices",
    "SY": "The hub itself",
}
SCOPES = {
    "own": "their own",
    "care": "of patients in their care",
    "fac": "of their facility",
    "facpt": "of patients with business at their facility",
    "asg": "of the request they are assigned to",
    "bound": "of the session they are bound to",
    "part": "sent or received by them",
    "par": "as what it belongs to",
    "bg": "with a stated reason, for an hour",
    "*": "all",
}
# Where the first word of a path says little.
_TAGS = {
    "activations": "accounts",
    "api": "description",
    "assignments": "dispatch",
    "crew": "dispatch",
    "crew_messages": "dispatch",
    "exercise_day": "plan_exercises",
    "fleet": "ambulances",
    "live": "health",
    "openapi": "description",
    "paper_calls": "dispatch",
    "password_resets": "accounts",
    "places": "dispatch",
    "ready": "health",
    "registrations": "accounts",
    "totp": "accounts",
    "owntracks": "trackers",
    "track": "trackers",
    "ws-tickets": "sessions",
}
ABOUT_PARAMETERS = {
    "cursor": "The `next_cursor` of the page before.",
    "embed": "Related rows to put into each record, with commas between.",
    "from": "From this moment on.",
    "limit": "How many rows a page has at most.",
    "search": "Words to look for.",
    "sort": "The order; `-` before it turns it round.",
    "to": "Up to this moment, which is not included.",
    "total": "Whether to count all rows too.",
}
_ABOUT_TAGS = {
    "dispatch": "From the call to back in service: the board, choosing a unit, its stages, crews, reports.",
    "accounts": "Becoming somebody the hub knows: registration, one-use links, passwords, second factors.",
    "sessions": "Signing in and out, and tickets for browsers' WebSockets.",
    "description": "What the hub says of itself.",
}


def tag_of(route: Route) -> str:
    """Return the group that a route is listed in."""
    first = route.path.removeprefix(API).strip("/").partition("/")[0].partition(".")[0]
    return _TAGS.get(first, first)


def about_tag(tag: str, route: Route) -> str:
    """Return one sentence about a group; `route` is its first."""
    for entity in ENTITIES:
        if entity.name == tag:
            return entity.about
    return _ABOUT_TAGS.get(tag) or (sys.modules[route.handler.__module__].__doc__ or "").partition("\n")[0]


def about_route(route: Route) -> str:
    """Return what there is to know of a route beyond its summary, from its handler's own words."""
    if route.about:
        return route.about
    words = " ".join((route.handler.__doc__ or "").split())
    if not words.startswith(f"{route.method} /"):
        return ""
    text = re.split(r"[;.,] [Rr]aises ", words.partition(": ")[2])[0].rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def introduction(settings: HttpSettings) -> tuple[Section, ...]:
    """Return what to know before the first request."""
    return (*_ACCESS, _limits(settings), *_RECORDS)


def as_markdown(sections: tuple[Section, ...]) -> str:
    """Return the sections as one text, for tools that show the description."""
    parts = []
    for section in sections:
        parts += [f"## {section.title}", *section.paragraphs]
        parts += [f"```sh\n{section.code}\n```"] if section.code else []
    return "\n\n".join(parts)


_ACCESS = (
    Section(
        "sign-in",
        "Signing in",
        (
            "Apps send an e-mail address and a password to `POST /api/v1/sessions` with `client: app` and get an"
            " access token for 15 minutes and a refresh token for 30 days. The access token goes into the header"
            " `Authorization: Bearer …`. `POST /api/v1/sessions/refresh` exchanges the refresh token for the next"
            " pair; a second use of the same one ends the session.",
            "Browsers use `client: web` and get a cookie that scripts cannot read. Whatever changes something then"
            " needs the header `X-Hub-CSRF: 1`, from an allowed Origin.",
            "Devices exchange a one-use claim code for a secret and send it as a bearer.",
            "Doctors, staff and administrators give a second factor too, once per workstation and shift.",
        ),
        "curl https://hub.example/api/v1/sessions \\\n"
        '  --json \'{"email":"asha.rao@example.org","password":"nine quiet herons by the weir",'
        '"client":"app"}\'',
    ),
    Section(
        "rights",
        "Who may do what",
        (
            "Each operation names the line of the access matrix that guards it, and who it lets in to which rows."
            " Lists hold exactly the rows that you may read, and records only the fields that you may read: the others"
            " are absent, not null. A row that you may not read is answered like one that does not exist: 404.",
        ),
    ),
    Section(
        "errors",
        "Errors",
        (
            "Every refusal is `application/problem+json` (RFC 9457). Decide by `code`, which is stable; `title` and"
            " `detail` are for people, `field` names what was wrong with your request, and `request_id` finds it"
            " in the hub's log.",
        ),
    ),
)
_RECORDS = (
    Section(
        "lists",
        "Lists",
        (
            "A list answers `items` and `next_cursor`. Send the cursor back as `cursor` with the same filters for the"
            " next page; null means that this was the last one. `sort=-name` turns an order round, `total=true` counts"
            " too, `embed=` puts related rows into each record. Filters for a span end in `_from` (included) and"
            " `_until` (excluded). Lists of records can be had as CSV under the same filters.",
        ),
    ),
    Section(
        "changes",
        "Changing records",
        (
            "`PATCH` takes a JSON Merge Patch (RFC 7396): what you send is replaced, null removes, the rest stays."
            " Send the `ETag` that you read as `If-Match`, and a change that somebody else made meanwhile is not"
            " overwritten: 412. `If-None-Match` spares you what you have already: 304.",
            "Send an `Idempotency-Key` of your own choice with a `POST`, and you can repeat it safely when no answer"
            " came: within 24 hours the same key brings the same answer, and nothing is done twice.",
        ),
    ),
    Section(
        "values",
        "Values",
        (
            "Bodies are JSON in UTF-8, at most 64 KiB, with every key once and no key that is not described here."
            " Times are RFC 3339 with their zone. Amounts of money are strings with their decimals. Ids are no secrets"
            " and give no rights.",
        ),
    ),
    Section(
        "live",
        "Live data",
        (
            "Positions, alarms and messages come over WebSockets: `/ws/live` for viewers, `/ws/device` for tablets and"
            " physio devices, both with the subprotocol `hub.v1`, which docs/protocol.md describes. Browsers open them"
            " with a ticket of `POST /api/v1/ws-tickets`.",
        ),
    ),
)


def _limits(settings: HttpSettings) -> Section:
    return Section(
        "limits",
        "Limits",
        (
            f"{settings.api_per_s:g} requests a second for each user, {settings.api_burst:g} at once;"
            f" {settings.sign_ins_per_min:g} sign-ins a minute for one account from one network;"
            f" {settings.page_rows_max} rows a page. Beyond them the answer is 429, with `Retry-After`. Emergencies"
            " are never limited.",
        ),
    )
