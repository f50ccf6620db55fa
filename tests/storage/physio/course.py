"""A patient with a plan in a database, and the same in a ledger: whatever happens, happens in both."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from storage.physio import progress
from storage.pool import Database
from tests.storage import world
from tests.storage.physio.ledger import Day, Exercise, Ledger, Rep, Session, Total, Wanted
from tests.storage.world import Connection

KNEE, HIP = "right_knee_flexion", "right_hip_flexion"
IST = ZoneInfo("Asia/Kolkata")
MONDAY = date(2031, 3, 3)  # ahead of the clock: what a trigger takes for today is what the plan was counted to
_HOURS = count(1)


def at(day: date, hour: int = 9, minute: int = 0, zone: ZoneInfo = IST) -> datetime:
    """Return a time of a local day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def real(value: float) -> float:
    """Return what a column of four bytes keeps of a number."""
    kept: float = struct.unpack("f", struct.pack("f", value))[0]
    return kept


@dataclass
class Course:
    """One plan of one patient."""

    db: Connection
    app: Database
    patient_id: UUID
    doctor_id: UUID
    device_id: int
    plan_id: UUID
    other_plan_id: UUID
    ledger: Ledger
    streams: dict[UUID, int] = field(default_factory=dict)

    async def exercise(self, reps: int, weekday: int, last_day: date | None = None) -> UUID:
        """Add an exercise now."""
        places = len(self.ledger.exercises)
        key: UUID = await world.insert(
            self.db, "plan_exercises", plan_id=self.plan_id, name="Bends", target_reps=reps, day_of_week=weekday,
            last_day=last_day, created_at=at(MONDAY) + timedelta(seconds=places),
        )  # fmt: skip
        ledger = self.ledger
        under_way = ledger.status != "draft" and max(ledger.start, MONDAY) < ledger.today
        since = ledger.today if under_way else date.min
        ledger.exercises.append(Exercise(key, {since: Wanted(reps, weekday, last_day)}))
        return key

    async def change(self, exercise: Exercise, wanted: Wanted) -> None:
        """Let an exercise ask for something else from now on."""
        await self.db.execute(
            "UPDATE plan_exercises SET target_reps = $2, day_of_week = $3, last_day = $4 WHERE id = $1",
            *(exercise.id, *wanted),
        )
        if self.ledger.status == "draft":
            exercise.since.clear()
        exercise.since[date.min if self.ledger.status == "draft" else self.ledger.today] = wanted

    async def remove(self, exercise: Exercise) -> None:
        """Remove an exercise, with what was ticked off; its sessions stay."""
        await self.db.execute("DELETE FROM plan_exercises WHERE id = $1", exercise.id)
        self.ledger.exercises.remove(exercise)
        self.ledger.ticks = {key: reps for key, reps in self.ledger.ticks.items() if key[0] != exercise.id}
        for session in self.ledger.sessions:
            if session.exercise == exercise.id:
                session.exercise = None

    async def tick(self, exercise_id: UUID, day: date, reps: int) -> None:
        """Tick an exercise off, or correct that."""
        await self.db.execute(
            "INSERT INTO exercise_ticks (exercise_id, patient_id, day, reps) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT ON CONSTRAINT exercise_ticks_once_a_day DO UPDATE SET reps = excluded.reps",
            *(exercise_id, self.patient_id, day, reps),
        )
        self.ledger.ticks[exercise_id, day] = reps

    async def session(
        self,
        started_at: datetime,
        reps: Iterable[tuple[bool, float]] = (),
        *,
        plan: str | None = "mine",
        exercise: UUID | None = None,
        joint: str = KNEE,
        counted: bool = True,
        facility_id: UUID | None = None,
    ) -> Session:
        """Hold a session, and count it."""
        plan_id = {"mine": self.plan_id, "other": self.other_plan_id, None: None}[plan]
        key = await world.physio_session(
            self.db, patient_id=self.patient_id, therapist_id=self.doctor_id, plan_id=plan_id, exercise_id=exercise,
            scheduled_at=at(MONDAY) + timedelta(hours=next(_HOURS)), started_at=started_at, status="completed",
            ended_at=started_at + timedelta(minutes=20), facility_id=facility_id,
        )  # fmt: skip
        self.streams[key] = await self.db.fetchval(
            "INSERT INTO streams (device_id, log_id, kind, physio_session_id, joints)"
            " VALUES ($1, $2, 'motion', $3, $4) RETURNING id",
            *(self.device_id, uuid4().hex, key, [KNEE, HIP]),
        )
        session = Session(key, started_at, "mine" if plan is None else plan, exercise, [], counted=False)
        self.ledger.sessions.append(session)
        await self.count(session, reps, joint, counted=counted)
        return session

    async def count(
        self, session: Session, reps: Iterable[tuple[bool, float]], joint: str = KNEE, *, counted: bool = True
    ) -> None:
        """Count a session, once more perhaps; or store only what was counted while it went on."""
        stream = self.streams[session.id]
        found = [Rep(joint, valid, real(peak), (stream, 1 + 10 * n)) for n, (valid, peak) in enumerate(reps)]
        await self.db.execute("DELETE FROM motion_repetitions WHERE stream_id = $1", stream)
        await self.db.executemany(
            "INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq, peak_angle, valid)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [(stream, joint, n, rep.place[1], rep.place[1] + 5, rep.peak, rep.valid) for n, rep in enumerate(found, 1)],
        )
        session.reps = found
        if counted:
            session.counted = True
            await self.db.execute("UPDATE physio_sessions SET counted_at = now() WHERE id = $1", session.id)
            async with self.app.transaction() as transaction:
                await progress.session_counted(transaction, session.id)

    async def reach(self, now: datetime) -> None:
        """Let time pass."""
        async with self.app.transaction() as transaction:
            found = await progress.list_turned(transaction, now, plans_max=10)
            await progress.turn(transaction, found, now)
        ledger = self.ledger
        if ledger.status != "draft" and (ledger.end is None or ledger.end >= ledger.today):
            ledger.today = max(ledger.today, ledger.local(now))

    async def set_plan(self, **values: object) -> None:
        """Change the plan."""
        names = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 2))
        await self.db.execute(f"UPDATE workout_plans SET {names} WHERE id = $1", self.plan_id, *values.values())  # noqa: S608
        row = await self.db.fetchrow("SELECT * FROM workout_plans WHERE id = $1", self.plan_id)
        assert row is not None
        self.ledger.start, self.ledger.end, self.ledger.status = row["start_date"], row["end_date"], row["status"]

    async def move(self, zone: str | None) -> None:
        """Let the patient live in another time zone."""
        await self.db.execute("UPDATE users SET time_zone = $2 WHERE id = $1", self.patient_id, zone)
        self.ledger.zone = await self.db.fetchval("SELECT zone_of_plan($1)", self.plan_id)

    async def days(self) -> dict[date, Day]:
        """Return what is stored by day."""
        rows = await self.db.fetch(
            "SELECT day, completed_reps, valid_reps, self_reported_reps, peak_angle_sum, peak_angle_n, due_reps,"
            " done_reps, fulfilled_reps FROM rehab_days WHERE plan_id = $1 ORDER BY day",
            self.plan_id,
        )
        return {row["day"]: Day(*list(row)[1:]) for row in rows}

    async def total(self) -> Total:
        """Return what is stored of the whole plan."""
        row = await self.db.fetchrow(
            "SELECT completed_reps, valid_reps, self_reported_reps, peak_angle_sum, peak_angle_n, average_angle,"
            " compliance_rate FROM rehab_progress WHERE plan_id = $1",
            self.plan_id,
        )
        assert row is not None
        return Total(*row)

    async def agree(self) -> None:
        """Make sure that what is stored, what it would be worked out to, and the ledger are the same to the bit."""
        assert await self.days() == self.ledger.days()
        assert await self.total() == self.ledger.total()
        assert await progress.differences(self.app, self.plan_id) == []


async def begin(
    db: Connection, app: Database, *, start: date = MONDAY, end: date | None = None, status: str = "active"
) -> Course:
    """Make a plan on a Monday, for a patient of whom no time zone is known."""
    patient_id, doctor_id = await world.patient(db), await world.doctor(db)
    device_id: int = await world.insert(db, "devices", kind="physio", name="sensor")
    await world.insert(db, "physio_devices", id=device_id, patient_id=patient_id)
    plan: dict[str, object] = {"patient_id": patient_id, "created_by": doctor_id, "created_at": at(MONDAY)}
    plan_id, other_id = [
        await world.insert(db, "workout_plans", joint=KNEE, start_date=start, end_date=end, status=status, **plan)
        for _ in range(2)
    ]
    for one in (plan_id, other_id):
        await progress.recompute(app, one, at(MONDAY).astimezone(UTC))
    ledger = Ledger(KNEE, start, end, status, "Asia/Kolkata", MONDAY)
    return Course(db, app, patient_id, doctor_id, device_id, plan_id, other_id, ledger)


def bends(valid: int, partial: int = 0, peak: float = 90.0) -> Sequence[tuple[bool, float]]:
    """Return repetitions that reach the target, and others that do not."""
    return [*((True, peak + n) for n in range(valid)), *((False, peak / 2 + n) for n in range(partial))]
