"""What the matrix promises, worked out from its page and the world: for each caller, action and row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.access import page
from tests.access.page import Grant
from tests.access.people import Caller
from tests.access.recipients import RECIPIENTS
from tests.access.relations import CLOSED, SCOPES
from tests.access.rows import Row
from tests.access.world import World

PARENTS = {"plan_exercises": ("workout_plans", "plan_id")}
Condition = Callable[[World, Caller, Row], bool]


def _desk_is_receptionist(world: World, who: Caller, row: Row) -> bool:
    desk = world.by_table["staff"].get(row.id)
    desk = row if row.table == "staff" else desk  # also of one that is yet to be added
    return desk is not None and desk["role"] == "receptionist" and desk["duty"] != "supervisor"


def _inbound(world: World, who: Caller, row: Row) -> bool:
    return row["status"] not in CLOSED


def _from_own_active_plan(world: World, who: Caller, row: Row) -> bool:
    plan = world.by_table["workout_plans"].get(row["plan_id"])
    return plan is not None and plan["patient_id"] == getattr(who, "id", None) and plan["status"] == "active"


def _of_own_active_plan(world: World, who: Caller, row: Row) -> bool:
    exercise = world.by_table["plan_exercises"].get(row["exercise_id"])
    return exercise is not None and _from_own_active_plan(world, who, exercise)


# What a word says about rows; the page says what it says about fields. Words that speak of a new value are in cells.
ROWS: Mapping[tuple[str, str], Condition] = {
    ("users", "receptionist only"): _desk_is_receptionist,
    ("staff", "receptionist only"): _desk_is_receptionist,
    ("users", "never self"): lambda world, who, row: row.id != getattr(who, "id", None),
    ("ambulance_requests", "inbound"): _inbound,
    ("workout_plans", "draft"): lambda world, who, row: row["status"] == "draft",
    ("plan_exercises", "draft"): lambda world, who, row: (
        world.row("workout_plans", row["plan_id"])["status"] == "draft"
    ),
    ("messages", "recipient"): lambda world, who, row: row["receiver_id"] == getattr(who, "id", None),
    ("physio_sessions", "from own active plan"): _from_own_active_plan,
    ("exercise_ticks", "of own active plan"): _of_own_active_plan,
    **{("messages", words): condition for words, condition in RECIPIENTS.items()},
    ("devices", "tablets"): lambda world, who, row: row["kind"] == "tablet",
}


@dataclass(frozen=True)
class Oracle:
    """The page's grants about one world; `without` gives another one, for asking which answers a grant decides."""

    world: World
    grants: Mapping[str, tuple[Grant, ...]] = field(default_factory=page.matrix)

    def without(self, grant: Grant) -> Oracle:
        """Return what would be promised if this were denied."""
        kept = tuple(one for one in self.grants[grant.action] if one != grant)
        return Oracle(self.world, {**self.grants, grant.action: kept})

    def asked(self, who: Caller, action: str) -> tuple[Grant, ...]:
        """Return the grants that speak of a caller."""
        return tuple(grant for grant in page.of_action(action, self.grants) if grant.code in who.codes)

    def holding(self, who: Caller, action: str, row: Row) -> list[Grant]:
        """Return those that hold for a row."""
        return [grant for grant in self.asked(who, action) if self._holds(who, grant, row)]

    def visible(self, who: Caller, row: Row) -> frozenset[str]:
        """Return the fields that a caller reads of a row; none where it is as if it were not there."""
        held = self.holding(who, f"{row.table}.R", row)
        found = frozenset().union(*(fields_of(row.table, grant) for grant in held))
        return found | {"id"} if held else found

    def writable(self, who: Caller, row: Row) -> frozenset[str]:
        """Return the fields that a caller may change."""
        held = self.holding(who, f"{row.table}.U", row)
        return frozenset().union(*(fields_of(row.table, grant, "change") for grant in held))

    def watchable(self, who: Caller, ambulance: Row) -> bool:
        """Tell whether somebody may watch an ambulance."""
        return any(self._holds(who, grant, ambulance) for grant in self.asked(who, "live.ambulance"))

    def followable(self, who: Caller, request: Row) -> bool:
        """Tell whether somebody may follow a request: a patient only while it is open."""
        held = [grant for grant in self.asked(who, "live.request") if self._holds(who, grant, request)]
        return any(grant.scope != "own" or request["status"] not in CLOSED for grant in held)

    def after(self, row: Row, field: str, value: object) -> tuple[Oracle, Row]:
        """Return what is promised once a field of a row is another, and that row."""
        changed = Row(row.table, row.name, {**row.values, field: value})
        rows = tuple(changed if one is row else one for one in self.world.rows)
        return Oracle(World(self.world.now, rows), self.grants), changed

    def _holds(self, who: Caller, grant: Grant, row: Row) -> bool:
        conditions = [ROWS.get((row.table, word)) for word in words_of(row.table, grant)]
        if not all(condition(self.world, who, row) for condition in conditions if condition is not None):
            return False
        if grant.scope != "par":
            return SCOPES[grant.scope](self.world, who, grant.code, row)
        table, column = PARENTS[row.table]
        verb = "R" if grant.action.endswith(".R") else "U"
        parent = self.world.row(table, row[column])
        asked = [one for one in page.of_action(f"{table}.{verb}", self.grants) if one.code == grant.code]
        return any(self._holds(who, one, parent) for one in asked)


def words_of(table: str, grant: Grant) -> tuple[str, ...]:
    """Return the words of a grant's braces: the whole of it where the page lists it so, else its parts."""
    if grant.condition is None:
        return ()
    if grant.condition in page.fields().get(table, {}):
        return (grant.condition,)
    return tuple(part.strip() for part in grant.condition.split(","))


def fields_of(table: str, grant: Grant, every: str = "") -> frozenset[str]:
    """Return the fields that a grant is about; all (of those that may be changed) where no word names any."""
    allowed = page.fields()[table].get(every, frozenset())
    named = frozenset[str]().union(*(fields_of_word(table, word) for word in words_of(table, grant)))
    return named & allowed if named else allowed


def fields_of_word(table: str, word: str) -> frozenset[str]:
    """Return the fields that a word names: what the page lists, or the field whose name it is."""
    listed = page.fields()[table]
    return listed.get(word, frozenset({word}) & listed[""])
