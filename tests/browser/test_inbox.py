"""The inbox: messages come live, wait for those who were away, and are corrected, resent and counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo, running_demo
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(180)

DOCTOR, PATIENT = "doctor@arogya.example", "patient@arogya.example"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration without ambulances, whose people have written to each other."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-fleet") as running:
        yield running


async def open_inbox(opened: Visit, email: str) -> Page:
    """Sign in and go to the inbox, on a large screen or a small one."""
    await opened.sign_in(email)
    await opened.page.locator(".top__leave").wait_for()
    await opened.page.goto(f"{opened.demo.url}/inbox")
    return opened.page


async def send(page: Page, text: str) -> None:
    """Write into the open conversation, and send it by the keyboard."""
    box = page.get_by_role("textbox", name="Message to")
    await box.fill(text)
    await box.press("Enter")


async def test_a_message_comes_live_and_its_writer_sees_that_it_was_read(visit: OpenVisit) -> None:
    doctor, patient = await visit(), await visit(color_scheme="dark")
    page, other = await open_inbox(doctor, DOCTOR), await open_inbox(patient, PATIENT)
    await expect(page.get_by_role("link", name="Inbox")).to_contain_text("unread")
    await page.get_by_role("link", name="Priya Patient").click()
    await expect(page.get_by_role("log")).to_contain_text("May I swim?")
    await other.get_by_role("link", name="Dr Dinesh Doctor").click()
    await send(page, "Yes, without fins.\nTwice a week.")
    bubble = page.locator(".bubble", has_text="without fins")
    await expect(other.get_by_role("log")).to_contain_text("without fins")
    await expect(bubble.locator(".sent-mark--read")).to_be_visible()
    await bubble.hover()
    await bubble.get_by_role("button", name="Correct").click()
    await expect(page.get_by_role("textbox", name="Message to")).to_have_value("Yes, without fins.\nTwice a week.")
    await send(page, "Yes, without fins.\nThree times a week.")
    await expect(other.locator(".bubble[data-outdated=true]")).to_contain_text("Twice a week")
    await expect(other.get_by_role("log")).to_contain_text("Correction of")
    await doctor.shoot("inbox-light")
    await patient.shoot("inbox-dark")


async def test_what_was_written_meanwhile_waits_and_is_counted(visit: OpenVisit) -> None:
    doctor, patient = await visit(), await visit(**PHONE, color_scheme="dark")
    page = await open_inbox(patient, PATIENT)
    await page.get_by_role("link", name="Dr Dinesh Doctor").wait_for()
    await page.goto("about:blank")
    other = await open_inbox(doctor, DOCTOR)
    await other.get_by_role("link", name="Priya Patient").click()
    await send(other, "Bring your bandage, please.")
    await expect(other.locator(".bubble", has_text="bandage").locator(".sent-mark--sent")).to_be_visible()
    await page.goto(f"{patient.demo.url}/inbox")
    talk = page.get_by_role("link", name="Dr Dinesh Doctor")
    await expect(talk).to_contain_text("bandage")
    await expect(talk).to_contain_text("1 unread")
    await patient.shoot("inbox-phone-dark")
    await talk.click()
    await expect(page.get_by_role("log")).to_contain_text("Bring your bandage")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await patient.shoot("thread-phone-dark")
    await expect(other.locator(".bubble", has_text="bandage").locator(".sent-mark--read")).to_be_visible()
    await page.get_by_role("button", name="All conversations").click()
    await expect(talk).not_to_contain_text("unread")


async def test_a_message_that_could_not_go_goes_by_itself_and_once(visit: OpenVisit) -> None:
    opened = await visit()
    page = await open_inbox(opened, DOCTOR)
    await page.get_by_role("link", name="Priya Patient").click()
    await expect(page.get_by_role("log")).to_contain_text("May I swim?")
    await opened.context.set_offline(True)
    await send(page, "Written in a lift.")
    await expect(page.get_by_role("alert")).to_contain_text("Not sent")
    await opened.shoot("inbox-unsent-light")
    await opened.context.set_offline(False)
    bubble = page.locator(".bubble", has_text="in a lift")
    await expect(bubble.locator(".sent-mark")).to_be_visible()
    await page.reload()
    await expect(bubble).to_have_count(1)
    await page.get_by_role("textbox", name="Message to").fill("x" * 4_001)
    await expect(page.get_by_text("1 too many")).to_be_visible()
    await expect(page.get_by_role("button", name="Send")).to_be_disabled()


async def test_somebody_new_is_found_by_name(visit: OpenVisit) -> None:
    opened = await visit()
    page = await open_inbox(opened, DOCTOR)
    await page.get_by_role("button", name="New message").click()
    await page.get_by_label("Name").fill("kulk")
    await page.get_by_role("button", name="Neha Kulkarni").click()
    await expect(page.get_by_role("heading", name="Nothing written yet")).to_be_visible()
    await send(page, "Welcome to the clinic.")
    await expect(page.get_by_role("link", name="Neha Kulkarni")).to_contain_text("You: Welcome to the clinic.")


async def test_all_notifications_are_marked_as_read_and_one_is_taken_back(visit: OpenVisit) -> None:
    opened = await visit()
    page = await open_inbox(opened, PATIENT)
    await page.get_by_role("tab", name="Notifications").click()
    await opened.shoot("notifications-light")
    await page.get_by_role("button", name="Mark all as read").click()
    await expect(page.get_by_text("All read")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("All read")).to_be_visible()
    await page.get_by_role("button", name="Mark as unread").first.click()
    await expect(page.locator(".notices__head")).to_contain_text("1 unread")
