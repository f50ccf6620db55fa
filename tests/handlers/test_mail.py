"""Links that go by e-mail, through a real SMTP server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from email.message import EmailMessage

import pytest

from hub.clock import Clock
from hub.mail.letters import Letter
from hub.mail.mailer import Mailer, MailRules
from hub.mail.post import Post
from hub.mail.resets import Resets
from storage.pool import APP, Database
from tests.handlers.post_office import PostOffice, post_office
from tests.handlers.rig import GOOD_PASSWORD, ORIGIN, SETTINGS, Hub, running
from tests.handlers.world import World, build_world

API = "/api/v1"


class Mailing:
    """A hub that sends e-mail, and where that arrives."""

    def __init__(self, hub: Hub, world: World, office: PostOffice, mailer: Mailer) -> None:
        self.hub = hub
        self.world = world
        self.office = office
        self.mailer = mailer


@pytest.fixture
async def mailing(database: str) -> AsyncIterator[Mailing]:
    clock = Clock()
    app = await Database.open(database, role=APP, size=2, command_timeout_s=5)
    async with post_office() as office, asyncio.TaskGroup() as tasks:
        rules = MailRules("127.0.0.1", "hub@hub.test", port=office.port, security="none", timeout_s=2)
        mailer = Mailer(rules, clock)
        resets = Resets(app, mailer, clock, origin=ORIGIN, link_s=3_600)
        post = Post(mailer, resets)
        task = tasks.create_task(post.run())
        async with running(database, settings=replace(SETTINGS, link_origin=ORIGIN), post=post) as hub:
            yield Mailing(hub, await build_world(hub, database), office, mailer)
        task.cancel()
    await app.close()


def link_in(message: EmailMessage) -> str:
    found = re.search(rf"{ORIGIN}/#activate=([\w-]{{43}})/\S+", message.get_content())
    assert found, message.get_content()
    return found[1]


async def test_an_invitation_goes_to_the_invited_and_is_not_shown(mailing: Mailing) -> None:
    hub, world = mailing.hub, mailing.world
    body = {"name": "Zoë New", "email": "zoe@hub.test", "role": "patient"}
    answer = await hub.call("POST", f"{API}/users", token=world.tokens["RC"], json=body)
    assert (answer.status, answer.json["emailed"], answer.json["activation_link"]) == (201, True, None)
    recipient, message = await mailing.office.letter()
    assert (recipient, message["To"], message["From"]) == ("zoe@hub.test", "zoe@hub.test", "Arogya Hub <hub@hub.test>")
    activation = {"token": link_in(message), "password": GOOD_PASSWORD}
    assert (await hub.call("POST", f"{API}/activations", json=activation)).status == 204


async def test_where_the_server_refuses_whoever_invites_sees_the_link(mailing: Mailing) -> None:
    mailing.office.refuses = True
    path = f"{API}/users/{mailing.world.users['RC']}/invite"
    answer = await mailing.hub.call("POST", path, token=mailing.world.tokens["SA"])
    assert answer.json["emailed"] is False
    assert answer.json["activation_link"].startswith(f"{ORIGIN}/#activate=")


async def test_who_forgot_the_password_gets_a_link_and_nobody_else(mailing: Mailing) -> None:
    hub = mailing.hub
    for email in ("nobody@hub.test", "DP@hub.test", "a\0@hub.test"):
        answer = await hub.call("POST", f"{API}/password_resets", json={"email": email})
        assert answer.status == (422 if "\0" in email else 202)
    recipient, message = await mailing.office.letter()
    assert recipient == "dp@hub.test"
    activation = {"token": link_in(message), "password": GOOD_PASSWORD}
    assert (await hub.call("POST", f"{API}/activations", json=activation)).status == 204
    assert (await hub.call("POST", f"{API}/activations", json=activation)).status == 404
    assert len(mailing.office.letters) == 1


async def test_nobody_is_flooded_with_letters(mailing: Mailing) -> None:
    for email in ["dp@hub.test", "DP@hub.test"] * 3 + ["rc@hub.test"]:
        await mailing.hub.call("POST", f"{API}/password_resets", json={"email": email})
    await mailing.office.letter(4)
    assert [recipient for recipient, _ in mailing.office.letters] == ["dp@hub.test"] * 3 + ["rc@hub.test"]


@pytest.mark.parametrize("to", ["a@b, c@d", "a\r\nBcc: x@y", "", "nobody"])
async def test_what_is_no_address_gets_no_letter(mailing: Mailing, to: str) -> None:
    assert await mailing.mailer.send(Letter(to, "s", "t")) is False
    assert mailing.office.letters == []


async def test_a_server_that_is_away_costs_no_more_than_its_time() -> None:
    rules = MailRules("127.0.0.1", "hub@hub.test", port=1, security="none", timeout_s=0.5)
    assert await Mailer(rules, Clock()).send(Letter("a@hub.test", "s", "t")) is False
