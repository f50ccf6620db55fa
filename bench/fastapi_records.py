"""The same with FastAPI, SQLAlchemy and uvicorn, as their manuals write it; `python -m bench.fastapi_records`."""

import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import uvicorn
import uvloop
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench import worker


class Base(DeclarativeBase):
    """What tables are mapped from."""


class AppointmentRow(Base):
    """An appointment in the database."""

    __tablename__ = "appointments"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID]
    doctor_id: Mapped[UUID]
    facility_id: Mapped[UUID]
    scheduled_at: Mapped[datetime]
    duration_min: Mapped[int]
    status: Mapped[str]
    notes: Mapped[str | None]
    version: Mapped[int]
    created_at: Mapped[datetime]


class Appointment(BaseModel):
    """An appointment as it is answered."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    patient_id: UUID
    doctor_id: UUID
    facility_id: UUID
    scheduled_at: datetime
    duration_min: int
    status: str
    notes: str | None
    version: int
    created_at: datetime


class Page(BaseModel):
    """A page of them."""

    items: list[Appointment]


def application(dsn: str) -> FastAPI:
    """Return the application on a database."""
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1), pool_size=4, max_overflow=0)
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as opened:
            yield opened

    Session = Annotated[AsyncSession, Depends(session)]
    app = FastAPI()

    @app.get("/appointments/{id}", response_model=Appointment)
    async def one(id: UUID, db: Session) -> AppointmentRow:
        row = await db.scalar(select(AppointmentRow).where(AppointmentRow.id == id))
        if row is None:
            raise HTTPException(404)
        return row

    @app.get("/appointments", response_model=Page)
    async def page(doctor_id: UUID, limit: int, db: Session) -> dict[str, object]:
        newest = select(AppointmentRow).where(AppointmentRow.doctor_id == doctor_id)
        newest = newest.order_by(AppointmentRow.scheduled_at.desc(), AppointmentRow.id.desc()).limit(limit)
        return {"items": list(await db.scalars(newest))}

    return app


async def serve(job: dict[str, str]) -> None:
    """Serve on a port of the system's choice until the parent is gone."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    config = uvicorn.Config(application(job["dsn"]), log_level="warning", access_log=False, loop="none")
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - it has no event to wait for
            await asyncio.sleep(0.01)
        worker.say_json({"port": listener.getsockname()[1]})
        await asyncio.to_thread(worker.await_word)
        os._exit(0)


def main() -> None:
    """Take the job and serve, with the hub's own settings of the garbage collector."""
    job = worker.read_job()
    gc.set_threshold(10_000, 10, 10)
    uvloop.run(serve(job))


if __name__ == "__main__":
    main()
