"""The configuration as people read it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from arogya.config import SECTIONS, load
from arogya.configuration.fields import fields_of
from arogya.configuration.pages import reference, toml_of

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def test_the_reference_page_says_what_the_code_does() -> None:
    # After a change: python -m arogya.configuration.pages > docs/configuration.md
    assert PAGE.read_text(encoding="utf-8") == reference(SECTIONS)


def test_every_setting_says_what_it_means() -> None:
    assert all(field.doc for section in SECTIONS.values() for field in fields_of(section))


def test_the_defaults_are_within_their_own_bounds() -> None:
    text = toml_of({name: section() for name, section in SECTIONS.items()})
    document = tomllib.loads(text)
    assert load(options=document, env={}) == load(env={})


def test_the_printed_configuration_can_be_read_again(tmp_path: Path) -> None:
    settings = load(env={"AROGYA_SERVER__PUBLIC_ORIGINS": 'https://a"b.example', "AROGYA_LIVE__TICK_S": "0.25"})
    file = tmp_path / "printed.toml"
    file.write_text(toml_of({name: getattr(settings, name) for name in SECTIONS}), encoding="utf-8")
    assert load(file, {}) == settings


def test_secrets_are_masked_and_the_rest_of_their_address_is_not() -> None:
    settings = load(
        env={"AROGYA_DATABASE_URL": "postgresql://me:hunter2@db/x", "AROGYA_SERVER__METRICS_TOKEN": "sesame"}
    )
    text = toml_of({"server": settings.server, "database": settings.database})
    assert "hunter2" not in text
    assert "sesame" not in text
    assert "postgresql://me:********@db/x" in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me@db/x?password=hunter2&a=1", "postgresql://me@db/x?password=********&a=1"),
        ("postgresql://db/x?a=1&sslpassword=hunter2", "postgresql://db/x?a=1&sslpassword=********"),
        ("postgresql://me:hunter2@db/x?password=hunter2", "postgresql://me:********@db/x?password=********"),
        ("postgresql://me:hun/ter2@db/x", "********"),
        ("postgresql://me:hun#ter2@db/x", "********"),
        ("postgresql://me:hun?ter2@db/x", "********"),
    ],
)
def test_a_password_is_masked_wherever_an_address_has_it(url: str, shown: str) -> None:
    settings = load(env={"AROGYA_DATABASE_URL": url})
    assert f'url = "{shown}"' in toml_of({"database": settings.database})
