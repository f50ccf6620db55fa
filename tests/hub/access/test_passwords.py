"""Which passwords are good enough."""

from __future__ import annotations

import time

import pytest

from hub.access.passwords import check_password, is_common
from hub.errors import InvalidValue


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Passw0rd!2026",
        "P@$$w0rd1234",
        "qwertyuiop12",
        "1q2w3e4r5t6y",
        "aaaaaaaaaaaa",
        "123456789012",
        "098765432109",
        "correcthorsebatterystaple",
        "iloveyouiloveyou",
        "Summer2026!!!!",
        "arogyahub2026",
        "ｐａｓｓｗｏｒｄ１２３４",  # noqa: RUF001 - full-width letters are the point
        "asha.rao.2026",
    ],
)
def test_what_everybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(InvalidValue, match="among the first"):
        check_password(password, name="Asha Rao", email="asha@hub.test")


@pytest.mark.parametrize(
    "password",
    [
        "red kettle on a quiet moon",
        "kT9#vLq2pWz!8r",
        "गुलाबी हाथी उड़ते हैं",
        "пурпурный кит поёт",
        "\U0001f418\U0001f319x" * 6,
        "x" + "\0" * 3 + "quiet kettle",
        "é" * 3 + "zgwkfmbrt",
    ],
)
def test_any_unicode_passes(password: str) -> None:
    check_password(password, name="Asha Rao", email="asha@hub.test")


def test_the_length_is_counted_in_composed_characters() -> None:
    for length, good in ((11, False), (12, True), (128, True), (129, False)):
        password = ("zgwkfmbrtqxv" * 11)[: length - 1] + "e\u0301"
        if good:
            check_password(password, name="", email="")
        else:
            with pytest.raises(InvalidValue, match="12 to 128"):
                check_password(password, name="", email="")


def test_the_owner_s_name_alone_is_common_only_for_the_owner() -> None:
    assert is_common("parvathamma12", frozenset({"parvathamma"}))
    assert not is_common("parvathamma12")


def test_judging_the_longest_password_is_quick() -> None:
    started = time.perf_counter()
    is_common("a1" * 64 + "z")
    assert time.perf_counter() - started < 0.1
