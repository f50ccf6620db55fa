"""Looking after devices: adding one, its claim codes, links and secrets, where it belongs, and its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from handlers.call import API, Call, Nothing, Reply, Route
from handlers.record_reading import access
from handlers.record_types import item
from hub.access import tokens
from hub.access.reach import reaches
from hub.errors import Conflict, FieldForbidden, Forbidden, InvalidValue, NotFound
from hub.records import commands
from hub.trackers.setup import setup_link
from storage import audit, fleet
from storage.errors import Conflict as StoredConflict
from storage.errors import Poison
from storage.pool import Transaction
from storage.records import store
from storage.records.rows import Fields
from storage.records.tables.devices import DEVICES

Joint = Annotated[str, Meta(min_length=1, max_length=60)]
RowId = Annotated[int, Meta(ge=1, le=2**63 - 1)]
DeviceItem: Any = item(DEVICES)


class NewDevice(msgspec.Struct, forbid_unknown_fields=True):
    """A device to be added; a tablet has an ambulance, a sensor its joints."""

    kind: Literal["tablet", "physio"]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    ambulance_id: RowId | UnsetType | None = UNSET
    facility_id: UUID | UnsetType | None = UNSET
    model: Annotated[str, Meta(max_length=100)] | None = None
    joints: Annotated[list[Joint], Meta(min_length=1, max_length=32)] | None = None
    included_angle: bool = False
    protocol: Literal["hub", "traccar", "owntracks"] = "hub"  # the latter two are apps that only say where they are


class NewClaim(msgspec.Struct):
    """A one-use code that the device is set up with, shown this once."""

    claim_code: str
    claim_expires_at: datetime


class AddedDevice(msgspec.Struct):
    """A new device with its claim code; an app that has none is set up by a link, which holds its secret."""

    device: DeviceItem
    claim_code: str | None
    claim_expires_at: datetime | None
    setup_link: str | None


class RotatedDevice(msgspec.Struct):
    """A new claim code; the secret that the device has counts until the code is used, and at the longest until then.

    A tracker has a new link instead.
    """

    claim_code: str | None
    claim_expires_at: datetime | None
    setup_link: str | None
    old_secret_ends_at: datetime


class Binding(msgspec.Struct, forbid_unknown_fields=True):
    """Where a device belongs from now on: one of the three, null for nowhere."""

    ambulance_id: RowId | UnsetType | None = UNSET
    patient_id: UUID | UnsetType | None = UNSET
    facility_id: UUID | UnsetType | None = UNSET


async def create(call: Call[Nothing, NewDevice]) -> AddedDevice:
    """Add a tablet or a sensor. The claim code is shown this once; typed into the device, it becomes its secret.

    A tracker, an app like Traccar Client or OwnTracks, gets a link instead that is opened or scanned on the phone.
    """
    order, handed = call.body, _handed(call, call.body.protocol)
    if order.kind == "tablet" and (order.joints is not None or order.model is not None):
        raise InvalidValue("a tablet has no joints and no model", field="joints" if order.joints else "model")
    if order.kind != "tablet" and order.protocol != "hub":
        raise InvalidValue("only a tablet is a tracker", field="protocol")
    if isinstance(order.ambulance_id, int):
        await _check_target(call, ambulance_id=order.ambulance_id)
    writer = access(DEVICES, call)._replace(writes=reaches(call.principal, DEVICES, "C"))
    given = {name: getattr(order, name) for name in ("kind", "name", "ambulance_id", "facility_id", "protocol")}

    async def also(transaction: Transaction, key: object) -> None:
        device_id = int(str(key))
        if order.kind == "physio":
            await fleet.describe_sensor(
                transaction,
                device_id,
                model=order.model,
                joints=order.joints,
                included_angle=order.included_angle,
            )
        await _hand_over(call, transaction, device_id, handed)

    entry = call.audit_entry("devices.C", "devices", None)
    known = {name: value for name, value in given.items() if value is not UNSET}
    try:
        written = await commands.create(call.context.app, writer, call.principal, known, entry, also)
    except Poison as error:
        raise InvalidValue("a joint is not on the list of joints", field="joints") from error
    device_id = int(str(written.fields["id"]))
    return AddedDevice(msgspec.convert(written.fields, DeviceItem), *_told(call, device_id, handed))


async def renew_claim(call: Call[Nothing, Nothing]) -> NewClaim:
    """A new claim code for a device whose code was lost; an earlier code ends, a secret that it has goes on."""
    if (await _find(call, "C"))["protocol"] != "hub":
        raise Conflict("a tracker has no claim code: give it a new secret, and you get its link")
    code, expires_at = _new_claim(call)
    async with call.context.app.transaction() as transaction:
        if not await fleet.set_claim(transaction, call.number, tokens.claim_digest(code), expires_at):
            raise Conflict("the device is revoked")
        await audit.record(transaction, call.audit_entry("devices.claim_code", "devices", str(call.number)))
    return NewClaim(code, expires_at)


async def rotate(call: Call[Nothing, Nothing]) -> RotatedDevice:
    """Give a device a new secret: set it up again with this code. The old secret counts meanwhile, but not for ever."""
    handed = _handed(call, str((await _find(call, "C"))["protocol"]))
    ends_at = call.context.clock.now() + timedelta(seconds=call.context.settings.rotation_overlap_s)
    async with call.context.app.transaction() as transaction:
        # The device before its secrets, as who revokes it does: the other way round the two wait for each other.
        if not await fleet.lock(transaction, call.number):
            raise Conflict("the device is revoked")
        await fleet.end_secrets(transaction, call.number, ends_at)
        await _hand_over(call, transaction, call.number, handed)
        await audit.record(transaction, call.audit_entry("devices.rotate", "devices", str(call.number)))
    return RotatedDevice(*_told(call, call.number, handed), ends_at)


async def revoke(call: Call[Nothing, Nothing]) -> Reply:
    """End a device's right to connect, for good; an open connection of it is closed within 2 s."""
    await _find(call, "D")
    entry = call.audit_entry("devices.revoke", "devices", str(call.number))
    if not await fleet.revoke_device(call.context.app, call.number, call.context.clock.now(), entry):
        raise Conflict("the device was revoked before")
    return await _shown(call)


async def bind(call: Call[Nothing, Binding]) -> Reply:
    """Say where a device belongs: in an ambulance (tablets), with a patient (sensors), or to a facility."""
    named = {name: value for name, value in msgspec.structs.asdict(call.body).items() if value is not UNSET}
    if len(named) != 1:
        raise InvalidValue("name one of ambulance_id, patient_id and facility_id")
    await _find_to_bind(call)
    ((field, key),) = named.items()
    _check_may_move(call, field, key)
    if key is not None:
        await _check_target(call, **named)
    async with call.context.app.transaction() as transaction:
        patient = call.body.patient_id
        if isinstance(patient, UUID) and await fleet.measures_another(transaction, call.number, patient):
            raise Conflict("the sensor measures another patient's session: end that first")
        try:
            bound = await fleet.bind(transaction, call.number, field.removesuffix("_id"), key)
        except StoredConflict as error:
            raise InvalidValue("there is no such thing to bind to", field=field) from error
        if not bound:
            raise Conflict("the device is revoked, or of the other kind")
        await audit.record(transaction, call.audit_entry("devices.bind", "devices", str(call.number)))
    return await _shown(call)


class _Handed(NamedTuple):
    """What a device is set up with: a claim code that it turns into a secret, or the secret of a tracker."""

    protocol: str
    text: str
    expires_at: datetime | None = None


def _handed(call: Call[Any, Any], protocol: str) -> _Handed:
    return _Handed(protocol, *_new_claim(call)) if protocol == "hub" else _Handed(protocol, tokens.new_token())


async def _hand_over(call: Call[Any, Any], transaction: Transaction, device_id: int, handed: _Handed) -> None:
    """Store the hash of what a device is set up with; raises Conflict for one that is revoked."""
    if handed.expires_at is None:
        await fleet.add_secret(transaction, device_id, tokens.digest(handed.text), call.context.clock.now())
    elif not await fleet.set_claim(transaction, device_id, tokens.claim_digest(handed.text), handed.expires_at):
        raise Conflict("the device is revoked")


def _told(call: Call[Any, Any], device_id: int, handed: _Handed) -> tuple[str | None, datetime | None, str | None]:
    """Return the claim code and until when it counts, or the link."""
    if handed.expires_at is not None:
        return handed.text, handed.expires_at, None
    origin, idle_s = call.context.settings.link_origin, call.context.policy.idle_interval_s
    return None, None, setup_link(handed.protocol, origin, device_id, handed.text, idle_s=idle_s)


def _new_claim(call: Call[Any, Any]) -> tuple[str, datetime]:
    lives = timedelta(seconds=call.context.settings.claim_s)
    return tokens.new_claim_code(), call.context.clock.now() + lives


async def _find(call: Call[Any, Any], verb: str) -> Fields:
    """Find a device by one of the caller's rights, and return what they read of it; raises NotFound."""
    reached = access(DEVICES, call)._replace(reads=reaches(call.principal, DEVICES, verb))
    found = await store.find_one(call.context.reader, reached, call.number)
    if found is None:
        raise NotFound
    return found.fields


async def _find_to_bind(call: Call[Any, Any]) -> None:
    """Find a device by the rule for binding; raises Forbidden for one that the caller only sees, else NotFound."""
    try:
        await _find(call, "bind")
    except NotFound:
        await _find(call, "R")
        raise Forbidden("binding it is not yours") from None


def _check_may_move(call: Call[Nothing, Binding], field: str, key: object) -> None:
    """Leave the facility of a device to those who look after it, who would lose one of none; raises FieldForbidden."""
    scopes = {rule.scope.value for rule in call.rules}
    if field == "facility_id" and "*" not in scopes and ("fac" not in scopes or key is None):
        raise FieldForbidden("where the device belongs is not yours to say", field=field)


async def _check_target(
    call: Call[Any, Any],
    *,
    ambulance_id: int | None = None,
    patient_id: UUID | None = None,
    facility_id: UUID | None = None,
) -> None:
    """Refuse a target beyond the caller's rules like one that does not exist: nobody learns of what is not theirs."""
    field = "ambulance_id" if ambulance_id else "patient_id" if patient_id else "facility_id"
    principal, db = call.principal, call.context.reader
    scopes = {rule.scope.value for rule in call.rules}
    if "*" in scopes:
        return
    within = False
    if "fac" in scopes:
        within = facility_id in (None, principal.facility_id) and await fleet.within_facility(
            db, principal.facility_id, ambulance_id=ambulance_id, patient_id=patient_id
        )
    if "care" in scopes and patient_id is not None:
        now, days = call.context.clock.now(), call.context.settings.care_days
        within = await fleet.within_care(db, principal.user_id, patient_id, now=now, days=days)
    if not within:
        raise InvalidValue("there is no such thing to bind to", field=field)


async def _shown(call: Call[Any, Any]) -> Reply:
    """Answer with the device as it is now; a doctor who may only bind it learns that it is done."""
    found = await store.find_one(call.context.app, access(DEVICES, call), call.number)
    return Reply(None, status=204) if found is None else Reply(msgspec.convert(found.fields, DeviceItem))


ROUTES: tuple[Route, ...] = (
    Route(
        *("POST", f"{API}/devices", create, "devices.C", "Add a device", AddedDevice),
        body=NewDevice,
        status=201,
        replayable=False,
    ),
    Route(
        *("POST", f"{API}/devices/{{id}}/claim_code", renew_claim, "devices.C", "A new claim code", NewClaim),
        status=201,
        replayable=False,
    ),
    Route(
        *("POST", f"{API}/devices/{{id}}/rotate", rotate, "devices.C", "A new secret for a device", RotatedDevice),
        status=201,
        replayable=False,
    ),
    Route("POST", f"{API}/devices/{{id}}/revoke", revoke, "devices.D", "End a device's right to connect", DeviceItem),
    Route(
        *("POST", f"{API}/devices/{{id}}/bind", bind, "devices.bind", "Say where a device belongs", DeviceItem),
        body=Binding,
    ),
)
