"""The command line that shows how a route is called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from handlers.call import Route

HOST = "https://hub.example"


def command(route: Route, operation: Mapping[str, Any]) -> str:
    """Return a curl command for an operation, made of its examples; `$TOKEN` stands for the caller's token."""
    parameters = [item for item in operation["parameters"] if "in" in item]
    path = route.path
    for item in parameters:
        if item["in"] == "path":
            path = path.replace(f"{{{item['name']}}}", str(item["example"]))
    needed = [item for item in parameters if item["in"] == "query" and item["required"]]
    query = "&".join(f"{item['name']}={quote(str(item['example']))}" for item in needed)
    address = f"{HOST}{path}{'?' + query if query else ''}"
    parts = ["curl" if route.method in ("GET", "POST") else f"curl -X {route.method}"]
    parts[0] += f" '{address}'" if query else f" {address}"
    if not (route.public or route.open):
        parts.append('-H "Authorization: Bearer $TOKEN"')
    body = operation.get("requestBody")
    if body is not None:
        example = body["content"]["application/json"]["example"]
        text = json.dumps(example, ensure_ascii=False, separators=(",", ":")).replace("'", "'\\''")
        parts.append(f"--json '{text}'")
    elif route.method == "POST":
        parts[0] = parts[0].replace("curl ", "curl -X POST ", 1)
    return " \\\n  ".join(parts)
