"""Settings: where they come from, which one wins, and that every mistake is told at once."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from arogya import config
from arogya.config import ConfigError, load


def keys_of(error: pytest.ExceptionInfo[ConfigError]) -> list[str]:
    return [mistake.key for mistake in error.value.mistakes]


def test_nothing_configured_is_a_whole_configuration() -> None:
    settings = load(env={})
    assert settings.server.port == 8080
    assert settings.ingest.flush_s == 0.05
    assert settings.database.url is None


def test_the_environment_wins_over_the_file_and_options_win_over_both(tmp_path: Path) -> None:
    file = tmp_path / "arogya.toml"
    file.write_text("[server]\nport = 1111\nhost = '::1'\nbacklog = 7\n[live]\ntick_s = 1\n")
    env = {"AROGYA_SERVER__PORT": "2222", "AROGYA_SERVER__HOST": "127.0.0.2"}
    settings = load(file, env, {"server": {"port": 3333}})
    assert (settings.server.port, settings.server.host, settings.server.backlog) == (3333, "127.0.0.2", 7)
    assert settings.live.tick_s == 1.0


def test_the_environment_may_name_the_file(tmp_path: Path) -> None:
    file = tmp_path / "arogya.toml"
    file.write_text("[server]\nport = 1111\n")
    assert load(env={"AROGYA_CONFIG": str(file)}).server.port == 1111


def test_the_database_url_has_a_short_name() -> None:
    assert load(env={"AROGYA_DATABASE_URL": "postgresql://db/x"}).database.url == "postgresql://db/x"


def test_lists_are_written_with_commas_in_the_environment() -> None:
    settings = load(env={"AROGYA_SERVER__PUBLIC_ORIGINS": "https://a.example, https://b.example:8443"})
    assert settings.server.public_origins == ("https://a.example", "https://b.example:8443")


def test_an_empty_variable_unsets_what_may_be_unset(tmp_path: Path) -> None:
    file = tmp_path / "arogya.toml"
    file.write_text("[map]\nzoom = 9\n")
    assert load(file, {"AROGYA_MAP__ZOOM": ""}).map.zoom is None


def test_all_mistakes_are_told_at_once_with_what_would_be_right(tmp_path: Path) -> None:
    file = tmp_path / "arogya.toml"
    file.write_text("[server]\nport = 99999\nprot = 1\nhost = 5\n[sever]\nport = 1\n[live]\ntick_s = nan\n")
    env = {
        "AROGYA_INGEST__FLUSH_ROWS": "many",
        "AROGYA_LOGGING__LEVEL": "loud",
        "AROGYA_SERVR__PORT": "1",
        "AROGYA_SERVER__TRUSTED_PROXIES": "10.0.0.0/8,everybody",
        "PATH": "/bin",
    }
    with pytest.raises(ConfigError) as error:
        load(file, env)
    assert keys_of(error) == [
        "server.port",
        "server.prot",
        "server.host",
        "sever",
        "live.tick_s",
        "AROGYA_INGEST__FLUSH_ROWS",
        "AROGYA_LOGGING__LEVEL",
        "AROGYA_SERVER__TRUSTED_PROXIES",
        "AROGYA_SERVR__PORT",
    ]
    text = str(error.value)
    assert "server.port: 99999 is not allowed; write a whole number from 0 to 65535" in text
    assert "server.prot: is not a setting; did you mean port?" in text
    assert "AROGYA_LOGGING__LEVEL: 'loud' is not allowed; write debug or info or warning or error" in text
    assert "did you mean AROGYA_SERVER__PORT?" in text


@pytest.mark.parametrize("written", ["yes please", "1.5", "", "true"])
def test_a_whole_number_is_nothing_else(written: str) -> None:
    with pytest.raises(ConfigError):
        load(env={"AROGYA_SERVER__PORT": written})


@pytest.mark.parametrize("text", ["port = true", "port = 1.0", "port = '1'", "host = 1"])
def test_a_file_says_exactly_the_kind_of_value(tmp_path: Path, text: str) -> None:
    file = tmp_path / "arogya.toml"
    file.write_text(f"[server]\n{text}\n")
    with pytest.raises(ConfigError):
        load(file, {})


@pytest.mark.parametrize("content", [b"[server\n", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_a_mistake(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "arogya.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match="is not TOML"):
        load(file, {})


def test_a_file_that_is_missing_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml", {})


def test_a_mistaken_secret_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as error:
        load(env={"AROGYA_DATABASE_URL": "mysql://me:hunter2@db/x"})
    assert "hunter2" not in str(error.value)


def test_settings_that_contradict_each_other_are_mistakes(tmp_path: Path) -> None:
    certificate = tmp_path / "cert.pem"
    certificate.touch()
    with pytest.raises(ConfigError) as error:
        load(
            env={
                "AROGYA_SERVER__TLS_CERTIFICATE": str(certificate),
                "AROGYA_INGEST__FLUSH_BYTES": "400000",
                "AROGYA_INGEST__BATCH_BYTES": "300000",
                "AROGYA_INGEST__CREDIT_SAMPLES": "1000",
                "AROGYA_INGEST__BUDGET_SAMPLES": "999",
            }
        )
    assert keys_of(error) == ["server.tls_key", "ingest.flush_bytes", "ingest.budget_samples"]


def test_settings_travel_to_a_hub_process_as_plain_values() -> None:
    settings = load(env={"AROGYA_SERVER__PUBLIC_ORIGINS": "https://a.example", "AROGYA_MAP__ZOOM": "3"})
    assert config.from_plain(json.loads(json.dumps(dataclasses.asdict(settings)))) == settings


def test_the_runtime_folder_is_the_logins_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert config.runtime_dir() == tmp_path / "arogya"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    assert config.runtime_dir().parent == Path("/tmp")


def test_a_file_that_is_nested_without_end_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "arogya.toml"
    file.write_text("a=" + "[" * 5_000)
    with pytest.raises(ConfigError, match="nested too deeply"):
        load(file, {})


def test_an_address_that_cannot_be_split_is_a_mistake_and_not_shown() -> None:
    with pytest.raises(ConfigError, match=r"not shown.*write postgresql://") as refused:
        load(env={"AROGYA_DATABASE_URL": "postgresql://me:hunter2@[::1/x"})
    assert "hunter2" not in str(refused.value)
