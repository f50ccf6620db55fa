"""Lists, forms and windows, on the pages that they are for."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo
from tests.browser.inside import States, enter, execute

pytestmark = pytest.mark.timeout(120)

MANY = 60  # a page has 50


@pytest.fixture(scope="module")
def states() -> States:
    """Who has signed in already."""
    return {}


async def test_a_list_is_searched_filtered_ordered_and_paged(visit: OpenVisit, states: States, demo: Demo) -> None:
    await execute(
        demo,
        "INSERT INTO facilities (name, type) SELECT 'Annex ' || lpad(n::text, 2, '0'), 'clinic'"
        " FROM generate_series(1, $1::int) n",
        MANY,
    )
    opened = await enter(visit, states, "admin", "/facilities")
    page = opened.page
    rows = page.locator(".table tbody tr")
    await expect(rows).to_have_count(50)
    await page.get_by_role("button", name="How many in all?").click()
    await expect(page.locator(".records__foot")).to_contain_text(f"{MANY + 3} entries")
    await page.get_by_role("button", name="Next").click()
    await expect(rows).to_have_count(13)
    await page.get_by_role("button", name="Previous").click()
    await expect(rows).to_have_count(50)
    await page.get_by_role("button", name="Name").click()
    await expect(rows.first).to_contain_text("Lakeside")
    await page.get_by_label("Type").select_option("hospital")
    await expect(rows).to_have_count(2)
    await page.get_by_role("searchbox").fill("general")
    await expect(rows).to_have_count(1)
    await page.reload()
    await expect(rows).to_have_count(1)
    await page.get_by_role("searchbox").fill("nowhere")
    await page.get_by_role("button", name="Show all").click()
    await expect(rows).to_have_count(50)
    await expect(page.get_by_role("searchbox")).to_have_value("")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="CSV").click()
    assert (await download.value).suggested_filename.endswith(".csv")


async def test_a_form_says_what_is_wrong_and_makes_the_record(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "admin", "/facilities")
    page = opened.page
    await page.locator(".table").wait_for()
    await page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="Add a facility")
    await expect(dialog.get_by_label("Name")).to_be_focused()
    await dialog.get_by_role("button", name="Add").click()
    await expect(dialog.locator("[data-field=name]")).to_contain_text("This is needed.")
    await dialog.get_by_label("Name").fill("Riverside Clinic")
    await dialog.get_by_label("Type").select_option("clinic")
    await dialog.get_by_label("Place on the map").fill("Pune")
    await dialog.get_by_role("button", name="Add").click()
    await expect(dialog.get_by_label("Place on the map")).to_be_focused()
    await dialog.get_by_label("Place on the map").fill("18.5, 73.9")
    await dialog.get_by_label("Time zone").fill("Moon/Crater")
    await dialog.get_by_role("button", name="Add").click()
    await expect(dialog.locator("[data-field=time_zone] .field__wrong")).to_be_visible()
    await opened.shoot("form-wrong-light")
    await dialog.get_by_label("Time zone").fill("Asia/Kolkata")
    await dialog.get_by_role("button", name="Add").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Riverside Clinic")
    await expect(page.locator(".fact-list")).to_contain_text("18.50000° N, 73.90000° E")
    await expect(page.locator(".toast")).to_contain_text("is added")


async def test_whoever_was_slower_chooses_whose_change_stays(visit: OpenVisit, states: States, demo: Demo) -> None:
    opened = await enter(visit, states, "admin", "/facilities")
    page = opened.page
    await (
        page.get_by_role("link", name="Lakeside Trauma Centre")
        .or_(page.get_by_role("button", name="Name"))
        .first.click()
    )
    [facility] = await execute(demo, "SELECT id::text FROM facilities WHERE name = 'Lakeside Trauma Centre'")
    opened = await enter(visit, states, "admin", f"/facilities/{facility['id']}")
    page = opened.page
    await page.get_by_role("button", name="Change").click()
    await page.get_by_label("Phone").fill("111 111")
    await execute(
        demo, "UPDATE facilities SET address = '2 New Road', phone = '222 222' WHERE id = $1::uuid", facility["id"]
    )
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog", name="Somebody changed it meanwhile")).to_be_visible()
    await opened.shoot("changed-meanwhile-light")
    await page.get_by_role("button", name="Save mine").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".fact-list")).to_contain_text("111 111")
    await expect(page.locator(".fact-list")).to_contain_text("2 New Road")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".fact-list")).to_contain_text("222 222")


async def test_what_was_typed_is_not_lost_without_a_question(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "admin", "/doctors")
    page = opened.page
    await page.get_by_role("link", name="Facilities").click()
    await page.get_by_role("button", name="Add a facility").click()
    name = page.get_by_role("textbox", name="Name")
    await name.fill("Half a na")
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("dialog", name="Leave without saving?")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(name).to_have_value("Half a na")
    await page.go_back()
    await page.get_by_role("button", name="Leave, and lose it").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Doctors")


async def test_a_window_keeps_the_focus_and_gives_it_back(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "admin", "/people")
    page = opened.page
    button = page.get_by_role("button", name="Add a person")
    await button.click()
    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('dialog, body').matches('dialog, body')")
        assert not await page.evaluate("document.activeElement.matches('.way, .tab')")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(button).to_be_focused()


async def test_a_person_is_added_and_let_in_by_a_link_that_is_shown_once(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "admin", "/people", color_scheme="dark")
    page = opened.page
    await page.get_by_role("button", name="Add a person").click()
    await page.get_by_label("What will they be?").select_option("receptionist")
    await page.get_by_role("textbox", name="Name").fill("Nina New")
    await page.get_by_role("textbox", name="Email").fill("nina@arogya.example")
    await page.get_by_role("combobox", name="Facility").fill("lakes")
    await page.get_by_role("option", name="Lakeside").click()
    await page.get_by_role("dialog").get_by_role("button", name="Add").click()
    await expect(page.get_by_role("dialog", name="Nina New is added")).to_be_visible()
    link = await page.get_by_label("Link").input_value()
    await opened.shoot("person-added-dark")
    newcomer = await visit()
    await newcomer.page.goto(link)
    await expect(newcomer.page.get_by_role("heading", level=1)).to_contain_text("password")
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("searchbox").fill("nina")
    await page.get_by_role("link", name="Nina New").click()
    await page.get_by_role("button", name="Stop the account…").click()
    await page.get_by_role("button", name="Stop the account", exact=True).click()
    await expect(page.locator(".fact-list").first).to_contain_text("Stopped")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".fact-list").first).to_contain_text("Yes")
    await page.get_by_role("button", name="Forget who it is…").click()
    await page.get_by_role("dialog").get_by_role("textbox").fill("Nina New")
    await page.get_by_role("button", name="Forget for good").click()
    await expect(page.locator("main")).to_contain_text("Who this was is forgotten")
    await expect(page.get_by_role("button", name="Let back in…")).to_have_count(0)


async def test_a_closed_record_opens_for_a_reason_that_the_patient_reads(
    visit: OpenVisit, states: States, demo: Demo
) -> None:
    [patient] = await execute(demo, "SELECT id::text FROM users WHERE email = 'patient@arogya.example'")
    opened = await enter(visit, states, "admin", f"/people/{patient['id']}?as=user")
    page = opened.page
    await page.get_by_role("button", name="Open it for a reason…").click()
    await page.get_by_label("Why do you have to see it?").fill("short")
    await page.get_by_role("button", name="Open the record").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("at least 10")
    await page.get_by_label("Why do you have to see it?").fill("Unconscious at the gate, allergies?")
    await page.get_by_role("button", name="Open the record").click()
    await expect(page.get_by_role("heading", name="About the patient")).to_be_visible()
    theirs = await enter(visit, states, "patient", "/record")
    await expect(theirs.page.locator(".table")).to_contain_text("Unconscious at the gate")
    await expect(theirs.page.locator(".table")).to_contain_text("Asha Admin")
    await theirs.shoot("who-read-my-record-light")


async def test_a_doctor_who_broke_the_glass_is_offered_no_change_of_the_visits(
    visit: OpenVisit, states: States, demo: Demo
) -> None:
    [patient] = await execute(demo, "SELECT id::text FROM users WHERE email = 'zoya@arogya.example'")
    opened = await enter(visit, states, "doctor", "/people")
    page = opened.page
    await page.get_by_role("button", name="Emergency access").click()
    await page.get_by_label("Number of the patient's record").fill("Zoya")
    await page.get_by_label("Why do you have to see it?").fill("Unconscious at the gate")
    await page.get_by_role("button", name="Open the record").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("not the number of a record")
    await page.get_by_label("Number of the patient's record").fill(str(patient["id"]))
    await page.get_by_role("button", name="Open the record").click()
    await page.locator("main a[href^='/appointments/']").first.click()
    await expect(page.get_by_role("heading", name="Notes")).to_be_visible()
    await expect(page.get_by_role("button", name="Change")).to_have_count(0)
    await expect(page.get_by_role("button", name="Cancel the visit…")).to_have_count(0)


async def test_the_audit_log_is_searched_by_patient_and_by_actor(visit: OpenVisit, states: States, demo: Demo) -> None:
    [doctor] = await execute(demo, "SELECT id::text FROM users WHERE email = 'doctor@arogya.example'")
    reader = await enter(visit, states, "doctor", "/people")
    await reader.page.get_by_role("link", name="Neha").click()
    await expect(reader.page.get_by_role("heading", level=1)).to_have_text("Neha Kulkarni")
    opened = await enter(visit, states, "admin", "/audit")
    page = opened.page
    await page.get_by_role("combobox", name="Patient").fill("neha")
    await page.get_by_role("option", name="Neha Kulkarni").click()
    await expect(page.locator(".table tbody tr").first).to_contain_text("Dr Dinesh Doctor")
    await page.get_by_label("Outcome").select_option("denied")
    await page.get_by_role("button", name="Show all").click()
    await page.goto(f"{opened.demo.url}/audit?actor_id={doctor['id']}")
    await expect(page.get_by_role("combobox", name="Person")).to_have_value("Dr Dinesh Doctor")
    await page.locator(".table__way").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("Dr Dinesh Doctor")
    await opened.shoot("audit-entry-light")


async def test_a_doctors_week_is_changed_in_the_grid(visit: OpenVisit, states: States, demo: Demo) -> None:
    [doctor] = await execute(demo, "SELECT id::text FROM users WHERE email = 'doctor@arogya.example'")
    opened = await enter(visit, states, "doctor", f"/doctors/{doctor['id']}")
    page = opened.page
    await page.get_by_role("tab", name="General Hospital").click()
    await page.get_by_role("button", name="Add hours on Tuesday").click()
    dialog = page.get_by_role("dialog", name="Add hours")
    await dialog.get_by_text("Thursday").locator("..").click()
    await dialog.get_by_label("From").fill("14:00")
    await dialog.get_by_label("to", exact=True).fill("18:30")
    await dialog.get_by_role("button", name="Add").click()
    tuesday, thursday = page.get_by_role("region", name="Tuesday"), page.get_by_role("region", name="Thursday")
    await expect(tuesday.locator(".week__block")).to_have_text("14:00\N{EN DASH}18:30")
    await expect(thursday.locator(".week__block")).to_have_text("14:00\N{EN DASH}18:30")
    await tuesday.locator(".week__block").click()
    await page.get_by_label("to", exact=True).fill("02:00")
    await expect(page.get_by_role("dialog")).to_contain_text("on the next day")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("region", name="Wednesday").locator(".week__block").first).to_be_visible()
    await opened.shoot("week-light")
    await thursday.locator(".week__block").click()
    await page.get_by_role("button", name="Remove", exact=True).click()
    await expect(thursday.locator(".week__block")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(thursday.locator(".week__block")).to_have_text("14:00\N{EN DASH}18:30")


async def test_somebody_new_is_booked_before_the_desk_has_them_in_its_list(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "facility", "/people")
    page = opened.page
    await page.keyboard.press("n")
    await page.get_by_role("textbox", name="Name").fill("Walter Walkin")
    await page.get_by_role("dialog").get_by_role("button", name="Add").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Book their first visit now")
    await page.get_by_role("button", name="Book a visit").click()
    dialog = page.get_by_role("dialog", name="Book a visit for Walter Walkin")
    await dialog.get_by_role("combobox", name="Doctor").fill("meera")
    await page.get_by_role("option", name="Meera").click()
    await dialog.get_by_label("Begins").fill("2031-03-04T10:00")
    await dialog.get_by_role("button", name="Book", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Walter Walkin with Dr Meera Iyer")
    await page.get_by_role("button", name="Cancel the visit…").click()
    await page.get_by_role("button", name="Keep it").click()
    await page.get_by_role("button", name="Cancel the visit…").click()
    await page.get_by_role("button", name="Cancel the visit", exact=True).click()
    await expect(page.locator(".fact-list")).to_contain_text("Cancelled")
    await expect(page.get_by_role("button", name="Change")).to_have_count(0)
