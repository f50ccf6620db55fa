"""Alerts and reminders, written by the hub in the transaction of their cause."""

from __future__ import annotations

from storage.records.entity import Column, Entity, Filter, Sort
from storage.records.kinds import BIGINT, BOOLEAN, KEY, MOMENT, TEXT

NOTIFICATIONS = Entity(
    name="notifications",
    singular="a notification",
    about="Alerts and reminders of the system; they hold no clinical text.",
    columns=(
        Column(name="id", kind=KEY, about="The notification."),
        Column(name="user_id", kind=KEY, about="Whom it is for.", references="users"),
        Column(name="message", kind=TEXT, about="What it says."),
        Column(name="type", kind=TEXT, about="What it is about."),
        Column(name="created_at", kind=MOMENT, about="When it was written."),
        Column(name="read", kind=BOOLEAN, about="It was read.", change=True),
        Column(name="sequence", kind=BIGINT, about="Its place in the order of the server, which has gaps."),
        Column(name="expires_at", kind=MOMENT, about="After this it is not sent any more.", nullable=True),
        Column(name="delivered_at", kind=MOMENT, about="When it reached an open page or app.", nullable=True),
    ),
    scopes={"own": "r.user_id = :user_id"},
    filters=(Filter("read"), Filter("type"), Filter("created_at", span=True)),
    sorts=(Sort("sequence", descends=True), Sort("created_at")),
)
