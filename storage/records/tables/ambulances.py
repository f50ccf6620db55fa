"""Emergency vehicles, with where each was last seen."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Column, Embed, Entity, Filter, Sort, Word
from storage.records.kinds import BIGINT, KEY, MOMENT, PLACE, SIGHTING, TEXT


def _number(column: str) -> str:
    """Return SQL of a number with as many digits as it deserves; NaN means none."""
    return f"round(nullif(r.{column}, 'NaN')::numeric, 2)"


_LOCATION = f"""CASE WHEN r.current_location IS NOT NULL THEN jsonb_build_object(
    'latitude', r.current_location[1], 'longitude', r.current_location[0],
    'speed', {_number("location_speed")}, 'heading', {_number("location_heading")},
    'accuracy', {_number("location_accuracy")},
    'fix_at', to_char(r.location_fix_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'age_s', round(greatest(extract(epoch FROM :now - r.location_fix_at), 0), 3)) END"""


def _on_its_way_to(held: str) -> str:
    return f"r.id IN (SELECT s.ambulance_id {scopes.requests_on_their_way(held)})"


AMBULANCES = Entity(
    name="ambulances",
    singular="an ambulance",
    about="Emergency vehicles, with where each was last seen.",
    key=BIGINT,
    columns=(
        Column(name="id", kind=BIGINT, about="The ambulance."),
        Column(
            name="plate_number",
            kind=TEXT,
            about="On one vehicle.",
            create="must",
            change=True,
            minimum=1,
            maximum=40,
            example="MH-12-AH-1001",
        ),
        Column(
            name="driver_name", kind=TEXT, about="Who drives.", nullable=True, create="may", change=True, maximum=200
        ),
        Column(
            name="status",
            kind=TEXT,
            about="What it is doing. People and tablets set only available and out_of_service.",
            change=True,
            only_while="NOT EXISTS (SELECT FROM assignments s"
            f" WHERE s.ambulance_id = r.id AND s.status IN {scopes.LIVE})",
            choices=(
                *("available", "dispatched", "en_route", "on_scene", "transporting", "at_hospital"),
                *("out_of_service", "offline"),
            ),
        ),
        Column(
            name="capability",
            kind=TEXT,
            about="transport: no emergency care. basic, advanced: life support. neonatal: incubator.",
            create="may",
            change=True,
            choices=("transport", "basic", "advanced", "neonatal"),
        ),
        Column(name="base_location", kind=PLACE, about="Where it waits.", nullable=True, create="may", change=True),
        Column(
            name="facility_id",
            kind=KEY,
            about="The facility it belongs to, where there is one.",
            nullable=True,
            create="may",
            change=True,
            references="facilities",
        ),
        Column(
            name="current_location",
            kind=SIGHTING,
            about="The newest good fix.",
            nullable=True,
            source=_LOCATION,
            volatile=True,
        ),
        Column(
            name="eta",
            kind=MOMENT,
            about="When it will be there; none while that is not known.",
            nullable=True,
            source="(SELECT s.eta_at FROM assignments s"
            f" WHERE s.ambulance_id = r.id AND s.status IN {scopes.ON_ITS_WAY})",
            volatile=True,
        ),
        Column(name="created_at", kind=MOMENT, about="When it was added."),
        Column(name="updated_at", kind=MOMENT, about="When it was last changed; moving is no change."),
    ),
    scopes={
        "PT:asg": _on_its_way_to("q.patient_id = :user_id"),
        "DR:fac": _on_its_way_to("q.destination_facility_id IN (SELECT facilities_of_doctor(:user_id))"),
        "fac": _on_its_way_to("q.destination_facility_id = :facility_id"),
        "TB:own": "r.id = :ambulance_id",
    },
    words={
        "position": Word(fields=("current_location",)),
        "inbound: status,eta": Word(fields=("status", "eta")),
        "duty": Word(fields=("status",), moves=("available", "out_of_service")),
        "unreferenced": Word(),  # the foreign keys see to that
    },
    moves={"available": ("out_of_service",), "out_of_service": ("available",)},
    filters=(Filter("status"), Filter("capability"), Filter("facility_id")),
    sorts=(Sort("id"), Sort("plate_number")),
    search=("r.plate_number", "r.driver_name"),
    embeds=(
        Embed(
            name="facility",
            join="LEFT JOIN facilities place ON place.id = r.facility_id",
            columns=(("id", "place.id"), ("name", "place.name")),
        ),
    ),
    conflicts={"ambulances_plate_number_key": "another ambulance has this plate number"},
)
