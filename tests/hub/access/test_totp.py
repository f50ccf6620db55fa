"""One-time codes against the vectors of their standards."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from hub.access import totp

RFC_SECRET = b"12345678901234567890"
# RFC 6238, appendix B, the rows of SHA-1.
TIMES = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
# RFC 4226, appendix D.
COUNTS = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")


@pytest.mark.parametrize(("now_s", "code"), TIMES.items())
def test_the_codes_of_rfc_6238(now_s: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, totp.step_at(now_s), digits=8) == code
    assert totp.code_at(RFC_SECRET, totp.step_at(now_s)) == code[-6:]


def test_the_codes_of_rfc_4226() -> None:
    assert tuple(totp.code_at(RFC_SECRET, count) for count in range(10)) == COUNTS


def test_a_code_counts_one_step_early_and_one_late_and_no_more() -> None:
    step = totp.step_at(1_700_000_000)
    now_s = step * totp.STEP_S + 29.9
    counts = {
        away: totp.matching_step(RFC_SECRET, totp.code_at(RFC_SECRET, step + away), now_s) for away in range(-3, 4)
    }
    assert counts == {-3: None, -2: None, -1: step - 1, 0: step, 1: step + 1, 2: None, 3: None}


def test_the_first_steps_of_all_have_none_before_them() -> None:
    assert totp.matching_step(RFC_SECRET, COUNTS[0], 0.0) == 0


@pytest.mark.parametrize(
    "text",
    ["", "12345", "1234567", "\uff11\uff12\uff13\uff14\uff15\uff16", "abcdef", "755224\n", "\0" * 6, "\ud800" * 6],
)
def test_what_is_no_code_matches_nothing(text: str) -> None:
    assert not totp.is_code(text)
    assert totp.matching_step(RFC_SECRET, text, 59) is None


def test_codes_are_read_as_people_write_them() -> None:
    assert totp.plain(" 755 224 ") == "755224"
    assert totp.plain("ab2c-de3f-gh4j") == "AB2CDE3FGH4J"


def test_codes_for_once_differ_and_are_no_codes_of_an_app() -> None:
    made = {totp.new_code() for _ in range(200)}
    assert len(made) == 200
    assert not any(totp.is_code(totp.plain(code)) for code in made)


def test_the_uri_holds_the_secret_and_who_it_is_for() -> None:
    made = urlsplit(totp.uri(RFC_SECRET, account="o'neil+on call@hub.test", issuer="Arogya Hub"))
    assert (made.scheme, made.netloc) == ("otpauth", "totp")
    assert made.path == "/Arogya%20Hub:o%27neil%2Bon%20call@hub.test"
    facts = {name: values[0] for name, values in parse_qs(made.query).items()}
    assert facts == {
        "secret": totp.base32(RFC_SECRET),
        "issuer": "Arogya Hub",
        "algorithm": "SHA1",
        "digits": "6",
        "period": "30",
    }
    assert base64.b32decode(facts["secret"]) == RFC_SECRET
    assert "+" not in made.query  # apps take a plus for what it is


def test_a_new_secret_is_as_long_as_the_hash() -> None:
    assert len({totp.new_secret() for _ in range(10)}) == 10
    assert len(totp.new_secret()) == 20
