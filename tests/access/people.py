"""Everybody in the world of the access tests: plain data, from which rows, tokens and expectations follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

_NAMES = UUID("5f2c1d0e-7a44-4c55-9d0b-0a0a0a0a0a0a")


def uid(name: str) -> UUID:
    """Return the id of the row of this name: known before anything is stored."""
    return uuid5(_NAMES, name)


def mark(name: str, column: str) -> str:
    """Return a text that is in this column of this row and nowhere else."""
    return f"MARK.{name}.{column}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    name: str
    role: str
    desk: str | None = None  # staff: receptionist or admin
    duty: str | None = None
    facility: str | None = None  # of staff; where a doctor works
    listed: bool = True  # as a patient, a doctor or one of the staff; else there is only an account

    @property
    def id(self) -> UUID:
        """The user's id."""
        return uid(self.name)

    @property
    def codes(self) -> frozenset[str]:
        """What speaks for them in the matrix."""
        if self.role != "staff":
            return frozenset({{"patient": "PT", "doctor": "DR", "admin": "AD"}[self.role]})
        desk = {"receptionist": "RC", "admin": "SA"}[self.desk or ""]
        duty = {"dispatcher": "DP", "supervisor": "SV"}.get(self.duty or "")
        return frozenset({desk} | ({duty} if duty else set()))


@dataclass(frozen=True, slots=True)
class Device:
    """A tablet or a sensor."""

    name: str
    kind: str
    number: int
    ambulance: str | None = None  # where it is mounted
    facility: str | None = None
    patient: str | None = None  # whose sensor it is

    @property
    def codes(self) -> frozenset[str]:
        """What speaks for it in the matrix."""
        return frozenset({{"tablet": "TB", "physio": "PX"}[self.kind]})


@dataclass(frozen=True, slots=True)
class Nobody:
    """A caller without a credential."""

    name: str = "nobody"
    codes: frozenset[str] = frozenset({"AN"})


Caller = Person | Device | Nobody

PEOPLE: Mapping[str, Person] = {
    person.name: person
    for person in (
        Person("pat", "patient"),  # in care of doc, with an ambulance on its way to north
        Person("south-pat", "patient"),  # the same of the other facility
        Person("recent", "patient"),  # an appointment with doc a bit less than 90 days ago
        Person("ended", "patient"),  # a bit more than 90 days ago
        Person("cancelled", "patient"),  # nothing but a cancelled appointment and a cancelled session
        Person("planned", "patient"),  # in care by an active plan alone
        Person("drafted", "patient"),  # a plan that is only a draft
        Person("lapsed", "patient"),  # a plan whose last day is long over
        Person("trained", "patient"),  # in care by a session a bit less than 90 days ago
        Person("untrained", "patient"),  # a bit more than 90 days ago
        Person("soon", "patient"),  # in care by a session that is about to begin
        Person("ahead", "patient"),  # a session more than 90 days ahead
        Person("paid", "patient"),  # known at north by a payment alone
        Person("called", "patient"),  # known at north by a request that is closed
        Person("offered", "patient"),  # a request that a unit was only asked to take
        Person("glass", "patient"),  # whom doc and admin see for a stated reason
        Person("lonely", "patient"),  # nothing at all
        Person("new-patient", "patient", listed=False),
        Person("new-doctor", "doctor", listed=False),
        Person("new-staff", "staff", "receptionist", listed=False),
        Person("doc", "doctor", facility="north"),
        Person("idle-doc", "doctor", facility="north"),  # nobody in care; a reason that is out of date
        Person("south-doc", "doctor", facility="south"),
        Person("rc", "staff", "receptionist", None, "north"),
        Person("south-rc", "staff", "receptionist", None, "south"),
        Person("sa", "staff", "admin", None, "north"),
        Person("south-sa", "staff", "admin", None, "south"),
        Person("dp", "staff", "receptionist", "dispatcher", "south"),
        Person("sv", "staff", "admin", "supervisor", "south"),
        Person("rc-sv", "staff", "receptionist", "supervisor", "south"),
        Person("admin", "admin"),
        Person("other-admin", "admin"),
        Person("disabled", "staff", "receptionist", None, "north"),
        Person("expired", "staff", "receptionist", None, "north"),
    )
}
DEVICES: Mapping[str, Device] = {
    device.name: device
    for device in (
        Device("tb", "tablet", 901, "live", "north"),
        Device("free-tb", "tablet", 902, "free", "south"),
        Device("loose-tb", "tablet", 903, None, "south"),
        Device("px", "physio", 904, None, "north", "pat"),
        Device("south-px", "physio", 905, None, "south", "south-pat"),
        Device("idle-px", "physio", 906, None, "north"),
        Device("spare-px", "physio", 907, None, "north"),  # these two may be revoked
        Device("spare-tb", "tablet", 908, None, "south"),
    )
}
AMBULANCES: Mapping[str, int] = {"live": 801, "free": 802, "cleared": 803, "elsewhere": 804}
NOBODY = Nobody()
# Those who ask. The other people are whom it is asked about.
ASKING: tuple[Caller, ...] = (
    NOBODY,
    *(
        PEOPLE[name]
        for name in (
            *("pat", "south-pat", "called", "drafted", "glass", "lonely"),
            *(
                "doc",
                "idle-doc",
                "south-doc",
                "rc",
                "south-rc",
                "sa",
                "south-sa",
                "dp",
                "sv",
                "rc-sv",
                "admin",
                "other-admin",
            ),
        )
    ),
    *(DEVICES[name] for name in ("tb", "free-tb", "loose-tb", "px", "south-px", "idle-px")),
)
REFUSED = ("disabled", "expired")  # whose credentials do not count any more
