"""FastAPI and SQLAlchemy's ORM in its asynchronous, 2.0 style, on asyncpg."""

import datetime
import uuid

import ujson
from fastapi import Depends, Request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import sessionmaker

import booking as rules
import models
import settings
import views
from api import Page, app, caller, good, hits_found, made, maybe_caller
from models import numbered
from refusals import ATTEMPTS, Refusal, of_constraint
from search import Search

UTC = datetime.timezone.utc
RETRIED = ("40P01", "40001")

engine = create_async_engine(
    settings.DATABASE_URL.replace("postgresql://", "postgresql+asyncpg://", 1),
    pool_size=settings.POOL_SIZE, max_overflow=0, json_serializer=views.dumps,
    json_deserializer=ujson.loads, connect_args={"server_settings": settings.SESSION})
Writing = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
# What only reads needs no BEGIN and ROLLBACK around it.
Reading = sessionmaker(engine.execution_options(isolation_level="AUTOCOMMIT"), class_=AsyncSession,
                       expire_on_commit=False)

@app.on_event("startup")
async def start():
    async with Reading() as session:
        settings.load((await session.execute(text(settings.QUERY))).all())


@app.on_event("shutdown")
async def stop():
    await engine.dispose()


async def reading():
    async with Reading() as session:
        yield session


def trip_view(trip, viewer, riders=None):
    return views.trip_view(trip, viewer, riders, trip.driver, trip.vehicle_row, views.iso)


@app.get("/api/v1/trips/search")
async def search_trips(request: Request, viewer=Depends(maybe_caller), session=Depends(reading)):
    search = Search(request.query_params, viewer)
    hits = (await session.execute(models.SEARCH, numbered(search.arguments()))).mappings().all()
    nearest = []
    if search.wants_nearest(hits):
        nearest = (await session.execute(models.NEAREST_DAYS,
                                         numbered(search.nearest_arguments()))).scalars().all()
    return hits_found(request, search, hits, nearest)


@app.get("/api/v1/trips/{trip_id}")
async def show_trip(trip_id: str, request: Request, viewer=Depends(maybe_caller),
                    session=Depends(reading)):
    if not views.is_uuid(trip_id):
        raise Refusal("not_found")
    trip = await find_trip(session, uuid.UUID(trip_id), viewer, datetime.datetime.now(UTC))
    if not rules.may_see(trip, viewer):
        raise Refusal("not_found")
    riders = await find_riders(session, [trip]) if viewer == str(trip.driver_id) else None
    return good(request, trip_view(trip, viewer, riders))


async def find_trip(session, trip_id, viewer, now):
    row = (await session.execute(models.FIND_TRIP, {
        "trip": trip_id, "viewer": viewer and uuid.UUID(viewer)}))
    row = row.unique().one_or_none()
    if row is None:
        raise Refusal("not_found")
    trip, trip.viewer_rides, trip.viewer_has_paid = row.Trip, row.rides, row.has_paid
    if trip.viewer_has_paid:
        trip.phone = (await session.execute(models.PHONE, {"person": trip.driver_id})).scalar_one()
    lapsed = (await session.execute(models.LAPSED, {"trips": [trip_id], "now": now})).all()
    counts = ()
    if viewer == str(trip.driver_id):
        counts = (await session.execute(models.COUNTS, {"trips": [trip_id]})).all()
    return models.told([trip], lapsed, counts)[0]


async def find_riders(session, trips):
    ids = [str(trip.id) for trip in trips]
    return (await session.execute(models.RIDERS, {"p1": ids})).mappings().all()


@app.get("/api/v1/trips")
async def list_trips(request: Request, driver=Depends(caller), session=Depends(reading)):
    page = Page(request.query_params)
    found = (await session.execute(models.TRIP_PAGE, {
        "driver": uuid.UUID(driver), "size": page.size, "skip": page.skipped})).all()
    trips = [row.Trip for row in found]
    ids = [trip.id for trip in trips]
    lapsed = (await session.execute(models.LAPSED, {
        "trips": ids, "now": datetime.datetime.now(UTC)})).all()
    counts = (await session.execute(models.COUNTS, {"trips": ids})).all()
    riders = views.by_trip(await find_riders(session, trips))
    models.told(trips, lapsed, counts)
    total = found[0].total if found else 0
    return good(request, [trip_view(trip, driver, riders.get(trip.id, ())) for trip in trips],
                pagination=views.pagination(page.number, page.size, total))


@app.post("/api/v1/bookings")
async def create_booking(request: Request, passenger=Depends(caller)):
    body = await request.body()
    key = rules.Key(request.headers.get("idempotency-key"), passenger, body)
    return made(request, await book(key, body, passenger))


async def book(key, body, passenger):
    for attempt in range(1, ATTEMPTS + 1):
        claimed = False
        try:
            async with Writing() as session, session.begin():
                claim = await session.execute(models.CLAIM_KEY,
                                              numbered((key.caller, key.value, key.now)))
                stored = key.check(claim.mappings().one())
                if stored:
                    return stored
                claimed = True
                answer = await write(session, rules.read(body), passenger, key.now)
                session.add(models.IdempotencyKey(**key.row(answer)))
            return answer
        except Refusal as refusal:
            refused = refusal
        except IntegrityError as error:
            refused = of_constraint(error.orig.__cause__.constraint_name, attempt)
            if refused is None:
                continue
        except DBAPIError as error:
            if error.orig.sqlstate not in RETRIED or attempt == ATTEMPTS:
                raise
            continue
        if claimed:
            async with Writing() as session, session.begin():
                await session.execute(models.STORE_KEY, numbered(
                    key.row(rules.refusal_answer(refused)).values()))
        raise refused


async def write(session, wanted, passenger, now):
    await session.execute(models.LOCK_PERSON, {"p1": passenger})
    await session.execute(models.LOCK_TRIP, {"trip": wanted.trip_id})
    trip = await find_trip(session, wanted.trip_id, passenger, now)
    window_s = 3600 * settings.values["carpool.unpaid_window_h"]
    booker = (await session.execute(models.BOOKER, numbered((
        passenger, wanted.trip_id, now, window_s, rules.references())))).mappings().one()
    booking = rules.plan(wanted, passenger, trip, booker, now)
    if trip.lapsed:
        await session.execute(models.RELEASE_LAPSED, numbered((wanted.trip_id, now)))
    message_id = uuid.uuid4()
    session.add_all(models.rows_of(booking, uuid.uuid4(), message_id, rules.history(booking, now),
                                   rules.news(booking, message_id, now), now))
    if booking["seats_held"]:
        await session.execute(models.TAKE_SEATS, {
            "trip": booking["trip_id"], "start": booking["from_m"], "end": booking["to_m"],
            "seats": booking["seats"]})
    return rules.answer_of(booking, trip, booker, now, trip.driver, trip.vehicle_row)
