"""From a TOML file and environment variables to typed values, collecting every mistake on the way."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from arogya.configuration.fields import Field, Mistake, fields_of, from_text, from_toml, judge

PREFIX = "AROGYA_"
FILE_VARIABLE = "AROGYA_CONFIG"
SHORTCUTS = {"AROGYA_DATABASE_URL": "AROGYA_DATABASE__URL"}

Values = dict[str, dict[str, Any]]  # section → key → typed value


def read_file(path: Path) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the file's document, or what is wrong with the file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except OSError as error:
        return {}, [Mistake(str(path), f"cannot be read ({error.strerror})", "name a file that exists")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [Mistake(str(path), f"is not TOML ({error})", "see docs/configuration.md")]
    except RecursionError:
        return {}, [Mistake(str(path), "is nested too deeply", "see docs/configuration.md")]


def read_document(document: Mapping[str, Any], sections: Mapping[str, type]) -> tuple[Values, list[Mistake]]:
    """Return the document's values in their types, and what is wrong with the others."""
    values: Values = {name: {} for name in sections}
    mistakes: list[Mistake] = []
    for name, table in document.items():
        if name not in sections or not isinstance(table, Mapping):
            mistakes.append(Mistake(name, "is not a section", _nearest(name, sections)))
            continue
        known = _known(sections[name])
        for key, raw in table.items():
            if key not in known:
                mistakes.append(Mistake(f"{name}.{key}", "is not a setting", _nearest(key, known)))
                continue
            value, mistake = judge(f"{name}.{key}", known[key], raw, from_toml)
            values[name][key] = value
            mistakes += [mistake] if mistake else []
    return _without(values, mistakes), mistakes


def read_environment(variables: Mapping[str, str], sections: Mapping[str, type], values: Values) -> list[Mistake]:
    """Put the variables' values over those of the file, and return what is wrong with them."""
    names = {
        f"{PREFIX}{section}__{key}".upper(): (section, field)
        for section, kind in sections.items()
        for key, field in _known(kind).items()
    }
    mistakes: list[Mistake] = []
    for variable in sorted(variables):
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE:
            continue
        found = names.get(SHORTCUTS.get(variable, variable))
        if found is None:
            mistakes.append(Mistake(variable, "is not a setting", _nearest(variable, names)))
            continue
        section, field = found
        value, mistake = judge(variable, field, variables[variable], from_text)
        if mistake:
            mistakes.append(mistake)
        else:
            values[section][field.name] = value
    return mistakes


def _known(section: type) -> dict[str, Field]:
    return {field.name: field for field in fields_of(section)}


def _nearest(name: str, known: Iterable[str]) -> str:
    candidates = list(known)
    close = difflib.get_close_matches(name, candidates, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"known are {', '.join(candidates)}" if len(candidates) < 20 else "see docs/configuration.md"


def _without(values: Values, mistakes: list[Mistake]) -> Values:
    """Drop the values that were mistaken, so that later checks look at defaults instead."""
    wrong = {mistake.key for mistake in mistakes}
    return {
        name: {key: value for key, value in table.items() if f"{name}.{key}" not in wrong}
        for name, table in values.items()
    }
