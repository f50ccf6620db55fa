"""Users, patients, doctors and staff: what each sees of the others, and what of themselves they may change."""

from __future__ import annotations

from tests.handlers.records.rig import Desk, refused

DEMOGRAPHICS = {"id", "user_id", "name", "phone", "date_of_birth", "gender", "address"}


async def test_reception_sees_colleagues_by_name_and_itself_whole(desk: Desk) -> None:
    listed = (await desk.get("users", "RC")).json["items"]
    seen = {item["id"]: item for item in listed}
    assert set(seen) == {desk.user("RC"), desk.user("SA"), desk.user("DR")}
    assert set(seen[desk.user("SA")]) == {"id", "name", "role"}
    assert seen[desk.user("RC")]["email"] == "rc@hub.test"


async def test_people_change_their_own_name_and_number_and_nothing_else(desk: Desk) -> None:
    path = f"users/{desk.user('PT')}"
    changed = await desk.change(path, "PT", name="Priya", phone="+91 1")
    assert (changed.status, changed.json["name"], changed.json["phone"]) == (200, "Priya", "+91 1")
    assert refused(await desk.change(path, "PT", email="new@hub.test")) == (403, "field_forbidden", "email")
    assert (await desk.change(path, "PT", role="admin")).status in (403, 422)
    assert (await desk.change(path, "RC", name="Other")).status == 404


async def test_an_admin_changes_an_address_but_not_to_somebody_elses(desk: Desk) -> None:
    path = f"users/{desk.user('PT')}"
    assert (await desk.change(path, "AD", email="New@hub.test")).json["email"] == "New@hub.test"
    assert refused(await desk.change(path, "AD", email="RC@hub.test"))[:2] == (409, "conflict")
    assert refused(await desk.change(path, "AD", email="no address")) == (422, "invalid_value", "email")


async def test_a_name_and_an_address_can_be_seen_and_are_one_line(desk: Desk) -> None:
    path = f"users/{desk.user('PT')}"
    for name in ("  ", "\u200b", "\u202eayirP", "Priya\r\nBcc: x", "Priya\n", "Pri\x07ya"):
        assert refused(await desk.change(path, "PT", name=name)) == (422, "invalid_value", "name"), name
        new = await desk.add("users", "RC", name=name, role="patient")
        assert refused(new) == (422, "invalid_value", "name"), name
    for name in ("क्‍ष", "Ó", "李", " Priya  Patil "):  # the first with a joiner, which is part of how it is written
        assert (await desk.change(path, "PT", name=name)).status == 200, name
    for email in ("new@hub.test\n", "ne w@hub.test", "\u202enew@hub.test", "new@hub\u200b.test", "a@b,c@d"):
        assert refused(await desk.change(path, "AD", email=email)) == (422, "invalid_value", "email"), email
        new = await desk.add("users", "RC", name="New", role="patient", email=email)
        assert refused(new) == (422, "invalid_value", "email"), email


async def test_the_desk_renames_patients_and_nobody_who_was_one(desk: Desk) -> None:
    await desk.book()
    await desk.connection.execute("UPDATE users SET role = 'admin' WHERE id = $1", desk.world.users["PT"])
    path = f"patients/{desk.user('PT')}"
    for body in ({"name": "Other"}, {"phone": "12"}):
        assert refused(await desk.change(path, "RC", **body))[:2] == (409, "conflict")
    assert (await desk.change(path, "RC", address="4 Palm Lane")).status == 200


async def test_reception_reads_demographics_of_its_own_patients_alone(desk: Desk) -> None:
    await desk.book()
    assert await desk.ids("patients", "RC") == {desk.user("PT"), desk.user("PT closed")}
    assert await desk.ids("patients", "RC elsewhere") == set()
    found = (await desk.get(f"patients/{desk.user('PT')}", "RC")).json
    assert set(found) == DEMOGRAPHICS
    changed = await desk.change(f"patients/{desk.user('PT')}", "RC", address="4 Palm Lane", gender="female")
    assert (changed.status, changed.json["address"]) == (200, "4 Palm Lane")
    await desk.connection.execute("UPDATE users SET phone_verified_at = now()")
    both = await desk.change(f"patients/{desk.user('PT')}", "RC", name="Priya Patil", phone="12", gender="other")
    assert (both.json["name"], both.json["phone"], both.json["gender"]) == ("Priya Patil", "12", "other")
    assert (await desk.get(f"users/{desk.user('PT')}", "PT")).json["phone_verified_at"] is None
    assert refused(await desk.change(f"patients/{desk.user('PT')}", "PT", name="x"))[:2] == (403, "field_forbidden")
    assert refused(await desk.change(f"patients/{desk.user('PT')}", "RC", blood_type="O+"))[:2] == (
        403,
        "field_forbidden",
    )


async def test_dispatchers_find_patients_by_name_and_number_and_it_is_noted(desk: Desk) -> None:
    await desk.change(f"users/{desk.user('PT')}", "PT", name="Priya Patil", phone="+91 98220 12345")
    assert await desk.ids("patients?search=priya%2098220", "DP") == {desk.user("PT")}
    assert await desk.ids("patients?search=priya%2099999", "DP") == set()
    row = await desk.connection.fetchrow(
        "SELECT detail, patient_id FROM audit_log WHERE action = 'patients.R' AND actor_id = $1", desk.user("DP")
    )
    assert row is not None
    assert (row["patient_id"], '"search": true' in row["detail"]) == (desk.world.users["PT"], True)


async def test_a_doctor_sees_those_in_care_with_what_is_clinical(desk: Desk) -> None:
    assert await desk.ids("patients", "DR") == set()
    await desk.book()
    changed = await desk.change(f"patients/{desk.user('PT')}", "DR", blood_type="AB-")
    assert (changed.status, changed.json["blood_type"]) == (200, "AB-")
    assert refused(await desk.change(f"patients/{desk.user('PT')}", "DR", address="x"))[0] == 403


async def test_the_crew_sees_of_its_patient_what_it_needs(desk: Desk) -> None:
    await desk.connection.execute("UPDATE patients SET date_of_birth = now() - interval '45 years 3 days'")
    (patient,) = (await desk.get("patients", "TB")).json["items"]
    assert set(patient) == {"id", "first_name", "age_band", "blood_type", "phone"}
    assert (patient["id"], patient["first_name"], patient["age_band"]) == (desk.user("PT"), "Name", "40-49")


async def test_a_record_of_a_person_needs_an_account_of_that_role(desk: Desk) -> None:
    new = await desk.insert("users", name="New Doctor", email="new@hub.test", role="doctor")
    made = await desk.add("doctors", "AD", user_id=str(new), specialization="ankles", license_number="L-1")
    assert (made.status, made.json["id"], made.json["name"]) == (201, str(new), "New Doctor")
    assert refused(await desk.add("doctors", "AD", user_id=str(new)))[:2] == (409, "conflict")
    assert refused(await desk.add("doctors", "AD", user_id=desk.user("PT")))[::2] == (422, "user_id")
    assert refused(await desk.add("patients", "RC", user_id=str(new)))[::2] == (422, "user_id")
    waiting = await desk.insert("users", name="New Patient", email="p@hub.test", role="patient")
    made = await desk.add("patients", "RC", user_id=str(waiting), date_of_birth="1984-05-17")
    assert made.status == 201, made


async def test_doctors_are_public_but_for_their_numbers(desk: Desk) -> None:
    public = {"id", "user_id", "name", "specialization", "years_experience"}
    assert set((await desk.get(f"doctors/{desk.user('DR')}", "PT")).json) == public
    assert "license_number" in (await desk.get(f"doctors/{desk.user('DR')}", "SA")).json
    assert set((await desk.get(f"doctors/{desk.user('DR elsewhere')}", "SA")).json) == public
    changed = await desk.change(f"doctors/{desk.user('DR')}", "DR", years_experience=12)
    assert (changed.status, changed.json["years_experience"]) == (200, 12)
    assert refused(await desk.change(f"doctors/{desk.user('DR')}", "DR", license_number="X"))[0] == 403


async def test_a_facility_keeps_its_receptionists_and_nobody_elses(desk: Desk) -> None:
    new = await desk.insert("users", name="New", email="n@hub.test", role="staff")
    assert refused(await desk.add("staff", "SA", user_id=str(new), role="admin"))[:2] == (403, "forbidden")
    assert refused(await desk.add("staff", "SA", user_id=str(new), role="receptionist", duty="supervisor"))[0] == 403
    given = {"user_id": str(new), "role": "receptionist", "facility_id": desk.place("north")}
    assert refused(await desk.add("staff", "SA", **given)) == (403, "field_forbidden", "facility_id")
    made = await desk.add("staff", "SA", user_id=str(new), role="receptionist")
    assert (made.status, made.json["facility_id"]) == (201, desk.place("north"))
    path = f"staff/{new}"
    assert (await desk.change(path, "SA", duty="dispatcher")).status == 200
    assert (await desk.change(path, "SA", duty="supervisor")).status == 403
    assert set((await desk.get(path, "DR")).json) == {"id", "user_id", "name", "facility_id", "role", "duty"}
    assert (await desk.remove(f"staff/{desk.user('RC elsewhere')}", "SA")).status == 404
    assert (await desk.remove(f"staff/{desk.user('SA')}", "SA")).status == 403
    assert (await desk.remove(path, "SA")).status == 204
