"""Payments, messages, notifications, and reasons to look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from tests.access.people import mark, uid
from tests.access.rows import Row, row

# name: sender, receiver
MESSAGES: dict[str, tuple[str, str]] = {
    "pat-to-doc": ("pat", "doc"),
    "doc-to-pat": ("doc", "pat"),
    "rc-to-pat": ("rc", "pat"),
    "pat-to-rc": ("pat", "rc"),
    "south-talk": ("south-pat", "south-doc"),
    "admin-to-sa": ("admin", "sa"),
    "sa-to-admin": ("sa", "admin"),
}
NOTIFIED = ("pat", "south-pat", "doc", "rc", "sa", "dp", "admin")
# name: who, how long ago it was said, for how long
REASONS: dict[str, tuple[str, timedelta, timedelta]] = {
    "doc-reason": ("doc", timedelta(minutes=5), timedelta(minutes=60)),
    "idle-doc-reason": ("idle-doc", timedelta(minutes=61), timedelta(minutes=60)),
    "admin-reason": ("admin", timedelta(minutes=5), timedelta(minutes=60)),
}


def rows(now: datetime) -> Iterator[Row]:
    """Yield the rows in an order in which they can be stored."""
    for name, payer, place, service in (
        ("paid-payment", "paid", "north", "pat-visit"),
        ("south-payment", "south-pat", "south", "south-visit"),
    ):
        yield row(
            "transactions",
            name,
            user_id=uid(payer),
            service_type="appointment",
            service_id=uid(service),
            amount=Decimal("100.00"),
            status="captured",
            facility_id=uid(place),
            provider="test",
            provider_ref=mark(name, "provider_ref"),
        )
    for name, (sender, receiver) in MESSAGES.items():
        yield row(
            "messages",
            name,
            sender_id=uid(sender),
            receiver_id=uid(receiver),
            content=mark(name, "content"),
            client_id=mark(name, "client_id"),
        )
    for person in NOTIFIED:
        name = f"{person}-notice"
        yield row("notifications", name, user_id=uid(person), message=mark(name, "message"), type=mark(name, "type"))
    for name, (who, ago, lives) in REASONS.items():
        yield row(
            "break_glass",
            name,
            user_id=uid(who),
            patient_id=uid("glass"),
            reason=mark(name, "reason"),
            granted_at=now - ago,
            expires_at=now - ago + lives,
        )
