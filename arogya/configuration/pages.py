"""The configuration as people read it: a TOML file with secrets masked, and the reference page of the docs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from arogya.configuration.fields import Field, bounds, fields_of

MASK = "********"
_PARAMETER = re.compile(r"([?&](?:ssl)?password=)[^&]*")  # libpq takes passwords behind the question mark too
INTRODUCTION = """# Configuration

Every setting has a default, so nothing needs to be configured to start. A setting is written in a TOML file
(`arogya serve --config FILE`, or the file that `AROGYA_CONFIG` names) as a `key` under its `[section]`, or in the
environment as `AROGYA_SECTION__KEY`, which wins over the file. `AROGYA_DATABASE_URL` is short for
`AROGYA_DATABASE__URL`. Lists are written with commas in the environment.

```toml
[server]
port = 8443
public_origins = ["https://hub.example.org"]
```

All mistakes are reported at once, and a setting that does not exist is one. `arogya serve --print-config` prints the
configuration in force, secrets masked. This page is generated: `python -m arogya.configuration.pages`.
"""


def toml_of(sections: Mapping[str, Any]) -> str:
    """Return the settings as TOML, secrets masked; what is unset is a comment."""
    blocks = []
    for name, section in sections.items():
        lines = [f"[{name}]"]
        for field in fields_of(type(section)):
            value = getattr(section, field.name)
            lines.append(f"# {field.name} is not set" if value is None else f"{field.name} = {_toml(field, value)}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def reference(sections: Mapping[str, type]) -> str:
    """Return the whole page docs/configuration.md."""
    parts = [INTRODUCTION]
    for name, section in sections.items():
        rows = "\n".join(_row(field) for field in fields_of(section))
        heading = f"## [{name}]\n\n{section.__doc__}\n\n| key | default | values | meaning |\n| --- | --- | --- | --- |"
        parts.append(f"{heading}\n{rows}\n")
    return "\n".join(parts)


def _row(field: Field) -> str:
    default = "" if field.default is None else f"`{json.dumps(field.default)}`"
    return f"| `{field.name}` | {default} | {bounds(field)} | {field.doc}{' (secret)' if field.secret else ''} |"


def _toml(field: Field, value: Any) -> str:
    # JSON's texts, numbers, booleans and lists of texts are TOML too.
    return json.dumps(masked(value) if field.secret else value)


def masked(value: str) -> str:
    """Return a secret, or an address that may hold one, as it can be shown."""
    parts = urlsplit(value)
    if parts.scheme == "unix" and not parts.netloc:
        return _PARAMETER.sub(rf"\1{MASK}", value)
    if not (parts.scheme and parts.netloc) or "@" in parts.path + parts.query + parts.fragment:
        return MASK  # no address, or one whose password has a sign that had to be escaped
    shown = value.replace(f":{parts.password}@", f":{MASK}@") if parts.password else value
    return _PARAMETER.sub(rf"\1{MASK}", shown)


if __name__ == "__main__":
    from arogya.config import SECTIONS

    print(reference(SECTIONS), end="")  # noqa: T201 - this is what the module prints when it is run
