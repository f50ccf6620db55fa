"""Progress with a plan in plain Python: the formulas once more, slowly, over everything that happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo


class Wanted(NamedTuple):
    """What an exercise asks for since some day."""

    reps: int
    weekday: int
    last_day: date | None = None


class Rep(NamedTuple):
    """A repetition that was counted."""

    joint: str
    valid: bool
    peak: float
    place: tuple[int, int]  # stream, first sample


@dataclass
class Exercise:
    """An exercise of the plan, in the order in which they were added."""

    id: UUID
    since: dict[date, Wanted]

    def on(self, day: date) -> Wanted | None:
        """Return what was asked for on a day; None before it was added."""
        begun = [first for first in self.since if first <= day]
        return self.since[max(begun)] if begun else None

    def is_due(self, day: date) -> bool:
        """Tell whether it is to be done on a day of the plan."""
        wanted = self.on(day)
        return (
            wanted is not None
            and wanted.weekday == day.isoweekday()
            and (wanted.last_day is None or day <= wanted.last_day)
        )


@dataclass
class Session:
    """A session of the patient."""

    id: UUID
    started_at: datetime
    plan: str | None  # mine, other; None: of no plan
    exercise: UUID | None
    reps: list[Rep]
    counted: bool


class Day(NamedTuple):
    """A row of rehab_days."""

    completed: int
    valid: int
    ticked: int
    peak_sum: float
    peak_n: int
    due: int
    done: int
    fulfilled: int


class Total(NamedTuple):
    """A row of rehab_progress."""

    completed: int
    valid: int
    ticked: int
    peak_sum: float
    peak_n: int
    average: float | None
    compliance: float | None


@dataclass
class Ledger:
    """Everything that happened with one plan."""

    joint: str
    start: date
    end: date | None
    status: str
    zone: str
    today: date
    exercises: list[Exercise] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    ticks: dict[tuple[UUID, date], int] = field(default_factory=dict)

    def days(self) -> dict[date, Day]:
        """Return each day on which something was due or done."""
        found = {self.local(session.started_at) for session in self.sessions} | {day for _, day in self.ticks}
        last = self.today if self.end is None else min(self.end, self.today)
        found |= {self.start + timedelta(days=n) for n in range((last - self.start).days + 1)}
        made = {day: self._day(day) for day in sorted(found) if self._runs(day)}
        return {day: row for day, row in made.items() if any(row)}

    def total(self) -> Total:
        """Return the sums; what is due today counts once it is done."""
        days = self.days()
        completed, valid, ticked, n = (sum(row[place] for row in days.values()) for place in (0, 1, 2, 4))
        peak_sum = 0.0
        for row in days.values():
            peak_sum += row.peak_sum
        due = sum(row.due if day < self.today else row.fulfilled for day, row in days.items())
        done = sum(row.done if day < self.today else row.fulfilled for day, row in days.items())
        average, compliance = peak_sum / n if n else None, 100.0 * done / due if due else None
        return Total(int(completed), int(valid), int(ticked), peak_sum, int(n), average, compliance)

    def local(self, moment: datetime) -> date:
        """Return the patient's day at a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def _runs(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def _day(self, day: date) -> Day:
        sessions = [one for one in self.sessions if one.counted and one.plan != "other"]
        sessions = [one for one in sessions if self.local(one.started_at) == day]
        placed = [(one.started_at, one.id, rep.place, rep, one) for one in sessions for rep in one.reps]
        reps = [(rep, one) for *_, rep, one in sorted(placed, key=lambda each: each[:3]) if rep.joint == self.joint]
        mine = {one.id for one in self.exercises}
        ticked = sum(reps for (key, at), reps in self.ticks.items() if at == day and key in mine)
        peak_sum = 0.0
        for rep, _ in reps:
            peak_sum += rep.peak
        valid = [one.exercise for rep, one in reps if rep.valid]
        due, done, fulfilled = self._occurrences(day, valid)
        return Day(len(reps) + ticked, len(valid) + ticked, ticked, peak_sum, len(reps), due, done, fulfilled)

    def _occurrences(self, day: date, valid: list[UUID | None]) -> tuple[int, int, int]:
        spare = valid.count(None)
        due = done = fulfilled = 0
        if day > self.today or self.status == "draft":
            return 0, 0, 0
        for exercise in self.exercises:
            wanted = exercise.on(day)
            if wanted is None or not exercise.is_due(day):
                continue
            own = min(wanted.reps, valid.count(exercise.id) + self.ticks.get((exercise.id, day), 0))
            filled = min(spare, wanted.reps - own)
            spare -= filled
            due += wanted.reps
            done += own + filled
            fulfilled += wanted.reps if own + filled == wanted.reps else 0
        return due, done, fulfilled
