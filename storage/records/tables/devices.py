"""Tablets and sensors: what may send. Their secrets are no fields; see `storage/devices.py`."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Column, Embed, Entity, Filter, Sort, Word
from storage.records.kinds import BIGINT, BOOLEAN, KEY, MOMENT, TEXT, TEXTS

CONNECTED = "(r.last_seen_at > :now - interval '90 s')"  # a sighting is noted at once, then every minute

DEVICES = Entity(
    name="devices",
    singular="a device",
    about="Tablets in ambulances and physiotherapy sensors: whatever may send to the hub.",
    key=BIGINT,
    joins="LEFT JOIN physio_devices sensor ON sensor.id = r.id"
    " LEFT JOIN ambulances vehicle ON vehicle.id = r.ambulance_id",
    columns=(
        Column(name="id", kind=BIGINT, about="The device."),
        Column(
            name="kind",
            kind=TEXT,
            about="tablet: sends fixes. physio: sends motion.",
            create="must",
            choices=("tablet", "physio"),
        ),
        Column(
            name="protocol",
            kind=TEXT,
            about="hub: our own tablet. traccar, owntracks: an app that only says where it is.",
            create="may",
            choices=("hub", "traccar", "owntracks"),
        ),
        Column(
            name="name",
            kind=TEXT,
            about="What people call it.",
            create="must",
            change=True,
            minimum=1,
            maximum=100,
            example="Tablet 7",
        ),
        Column(
            name="ambulance_id",
            kind=BIGINT,
            about="Where a tablet is mounted: its fixes belong to this ambulance.",
            nullable=True,
            create="may",
            references="ambulances",
        ),
        Column(
            name="facility_id",
            kind=KEY,
            about="Whose device it is.",
            nullable=True,
            create="may",
            references="facilities",
        ),
        Column(
            name="patient_id",
            kind=KEY,
            about="Whose sessions a sensor measures; none while it is in the cupboard.",
            nullable=True,
            references="patients",
            source="sensor.patient_id",
        ),
        Column(name="model", kind=TEXT, about="Make and model of a sensor.", nullable=True, source="sensor.model"),
        Column(
            name="joints",
            kind=TEXTS,
            about="What a sensor measures, as {side}_{joint}_{motion}.",
            nullable=True,
            source="sensor.joints",
        ),
        Column(
            name="included_angle",
            kind=BOOLEAN,
            about="A sensor sends the included angle (180 = straight); the hub converts it.",
            nullable=True,
            source="sensor.included_angle",
        ),
        Column(name="created_at", kind=MOMENT, about="When it was added."),
        Column(name="revoked_at", kind=MOMENT, about="Since when it may not connect.", nullable=True),
        Column(name="revoked", kind=BOOLEAN, about="It may not connect any more.", source="(r.revoked_at IS NOT NULL)"),
        Column(
            name="claimed",
            kind=BOOLEAN,
            about="It has a secret that counts.",
            source="EXISTS (SELECT FROM device_secrets s WHERE s.device_id = r.id AND s.revoked_at IS NULL"
            " AND (s.expires_at IS NULL OR s.expires_at > :now))",
        ),
        Column(name="claim_expires_at", kind=MOMENT, about="Until when its newest claim code counts.", nullable=True),
        Column(
            name="last_seen_at",
            kind=MOMENT,
            about="When it was last connected, to the minute.",
            nullable=True,
            volatile=True,
        ),
        Column(
            name="connected",
            kind=BOOLEAN,
            about="It was connected within the last 90 s.",
            source=f"coalesce({CONNECTED}, false)",
            volatile=True,
        ),
    ),
    scopes={
        "fac": "(r.facility_id = :facility_id OR vehicle.facility_id = :facility_id)",
        "care": f"(r.kind = 'physio' AND (sensor.patient_id IS NULL OR {scopes.in_care('sensor.patient_id')})"
        f" AND {scopes.where_doctor_works('r.facility_id')})",
    },
    words={"tablets": Word(rows="r.kind = 'tablet'"), "physio device to own patient": Word()},
    facility="facility_id",
    filters=(
        Filter("kind"),
        Filter("protocol"),
        Filter("ambulance_id"),
        Filter("facility_id"),
        Filter("patient_id"),
        Filter("revoked"),
        Filter("revoked_at", span=True),
    ),
    sorts=(Sort("name"), Sort("created_at")),
    search=("r.name",),
    embeds=(
        Embed(name="ambulance", join="", columns=(("id", "vehicle.id"), ("plate_number", "vehicle.plate_number"))),
    ),
)
