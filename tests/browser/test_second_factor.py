"""The second factor: set up at the first sign-in, asked for at another browser, replaced by a recovery code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo, running_demo
from tests.browser.visit import PHONE

pytestmark = pytest.mark.timeout(180)

DOCTOR = "doctor@arogya.example"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration that asks for a second factor, as `arogya serve` does."""
    folder = tmp_path_factory.mktemp("demo")
    config = folder / "arogya.toml"
    config.write_text('[auth]\ntotp = "required"\n')
    with running_demo(folder / "state", "--no-fleet", "--config", str(config)) as running:
        yield running


def code_of(secret: str) -> str:
    """Return what an authenticator app shows now (RFC 6238, SHA-1, 30 s, six digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, (int(time.time()) // 30).to_bytes(8), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


async def set_up(page: Page) -> list[str]:
    """Scan, confirm and keep the recovery codes, which are returned; then go on."""
    key = page.locator("[data-key]")
    await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = await key.get_attribute("data-key") or ""
    assert (await key.text_content() or "").replace(" ", "") == secret
    await page.get_by_label("Code from your app").fill("000000")
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("alert")).to_contain_text("does not count")
    await page.get_by_label("Code from your app").fill(code_of(secret))
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_focused()
    codes = await page.locator(".codes__list code").all_text_contents()
    await expect(page.get_by_role("button", name="Go on")).to_be_disabled()
    await page.get_by_label("I have put these codes").check()
    return codes


async def test_a_doctor_sets_a_second_factor_up_and_signs_in_elsewhere_with_a_recovery_code(visit: OpenVisit) -> None:
    opened = await visit()
    page = opened.page
    await opened.sign_in(DOCTOR)
    await expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    await opened.shoot("second-factor-light")
    codes = await set_up(page)
    assert len(set(codes)) == 10
    await opened.shoot("recovery-codes-light")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("link", name="Dr Dinesh Doctor").click()
    await expect(page.get_by_label("Second factor")).to_contain_text("10 recovery codes are left")

    other = await visit(**PHONE, color_scheme="dark")
    page = other.page
    await other.sign_in(DOCTOR)
    await expect(page.get_by_label("Code from your app")).to_be_focused()
    await page.get_by_label("Code from your app").fill("123456")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("type the newest")
    await other.shoot("second-factor-phone-dark")
    await page.get_by_role("button", name="Use a recovery code").click()
    await page.get_by_label("Recovery code").fill(codes[3].lower())
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Pages").wait_for()
    await page.goto(f"{other.demo.url}/profile")
    await expect(page.get_by_label("Second factor")).to_contain_text("9 recovery codes are left")


async def test_a_patient_needs_none(visit: OpenVisit) -> None:
    opened = await visit()
    await opened.sign_in("patient@arogya.example")
    await opened.page.get_by_role("link", name="Priya Patient").click()
    await expect(opened.page.get_by_role("heading", name="My profile")).to_be_visible()
    await expect(opened.page.get_by_label("Second factor")).to_have_count(0)
