"""Payments for services: read here; charging and refunding are commands."""

from __future__ import annotations

from storage.records.entity import Column, Entity, Filter, Sort
from storage.records.kinds import KEY, MOMENT, MONEY, TEXT

TRANSACTIONS = Entity(
    name="transactions",
    singular="a payment",
    about="Payments for services.",
    columns=(
        Column(name="id", kind=KEY, about="The payment."),
        Column(name="user_id", kind=KEY, about="Who pays.", references="users"),
        Column(
            name="service_type",
            kind=TEXT,
            about="appointment: appointments. ambulance: ambulance_requests. physio: physio_sessions.",
            choices=("appointment", "ambulance", "physio"),
        ),
        Column(name="service_id", kind=KEY, about="The row of that table."),
        Column(name="amount", kind=MONEY, about="How much, with its decimals.", example="450.00"),
        Column(name="currency", kind=TEXT, about="ISO 4217.", pattern="[A-Z]{3}", example="INR"),
        Column(name="refunded_amount", kind=MONEY, about="How much of it was given back.", example="0.00"),
        Column(
            name="status",
            kind=TEXT,
            about="Where it stands.",
            choices=("created", "authorized", "captured", "partially_refunded", "refunded", "failed", "void"),
        ),
        Column(name="facility_id", kind=KEY, about="Who provides the service.", nullable=True, references="facilities"),
        Column(name="provider", kind=TEXT, about="Who moves the money.", nullable=True),
        Column(name="provider_ref", kind=TEXT, about="Its name there.", nullable=True),
        Column(name="created_at", kind=MOMENT, about="When it was asked for."),
    ),
    scopes={"PT:own": "r.user_id = :user_id", "fac": "r.facility_id = :facility_id"},
    filters=(
        *(Filter("user_id"), Filter("service_type"), Filter("service_id"), Filter("status"), Filter("facility_id")),
        Filter("created_at", span=True),
    ),
    sorts=(Sort("created_at", descends=True), Sort("amount")),
)
