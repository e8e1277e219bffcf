"""FastAPI and asyncpg, without anything in between."""

import datetime
import uuid

import asyncpg
import ujson
from fastapi import Depends, Request

import booking as rules
import settings
import statements
import views
from api import Page, app, caller, good, hits_found, made, maybe_caller
from refusals import ATTEMPTS, Refusal, of_constraint
from search import Search

UTC = datetime.timezone.utc

TRIPS = statements.read("trips")
TRIP_PAGE = statements.read("trip_page")
RIDERS = statements.read("riders")
SEARCH = statements.read("search")
NEAREST_DAYS = statements.read("nearest_days")
BOOKER = statements.read("booker")
CLAIM_KEY = statements.read("claim_key")
STORE_KEY = statements.read("store_key")
LOCK_PERSON = statements.read("lock_person")
LOCK_TRIP = statements.read("lock_trip")
RELEASE_LAPSED = statements.read("release_lapsed")
SAVE_BOOKING = statements.read("save_booking")
SAVE_HISTORY = statements.read("save_history")
SAVE_NEWS = statements.read("save_news")
OPEN_CONVERSATION = statements.read("open_conversation")
POST_NOTE = statements.read("post_note")
TAKE_SEATS = statements.read("take_seats")


class Connection(asyncpg.Connection):
    def get_reset_query(self):
        """Nothing of a session is changed here: the usual round trip at each release is saved."""
        return ""


async def prepare(connection):
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=views.dumps, decoder=ujson.loads,
                                        schema="pg_catalog")


@app.on_event("startup")
async def start():
    app.state.pool = await asyncpg.create_pool(
        settings.DATABASE_URL, min_size=settings.POOL_SIZE, max_size=settings.POOL_SIZE,
        init=prepare, connection_class=Connection, server_settings=settings.SESSION)
    settings.load(await app.state.pool.fetch(settings.QUERY))


@app.on_event("shutdown")
async def stop():
    await app.state.pool.close()


@app.get("/api/v1/trips/search")
async def search_trips(request: Request, viewer=Depends(maybe_caller)):
    search = Search(request.query_params, viewer)
    pool = app.state.pool
    hits = await pool.fetch(SEARCH, *search.arguments())
    nearest = []
    if search.wants_nearest(hits):
        nearest = [row["depart_day"]
                   for row in await pool.fetch(NEAREST_DAYS, *search.nearest_arguments())]
    return hits_found(request, search, hits, nearest)


@app.get("/api/v1/trips/{trip_id}")
async def show_trip(trip_id: str, request: Request, viewer=Depends(maybe_caller)):
    if not views.is_uuid(trip_id):
        raise Refusal("not_found")
    trip = await app.state.pool.fetchrow(TRIPS, [trip_id], viewer, datetime.datetime.now(UTC))
    if trip is None or not rules.may_see(trip, viewer):
        raise Refusal("not_found")
    riders = None
    if viewer == str(trip["driver_id"]):
        riders = await app.state.pool.fetch(RIDERS, [trip_id])
    return good(request, views.trip_view(trip, viewer, riders))


@app.get("/api/v1/trips")
async def list_trips(request: Request, driver=Depends(caller)):
    page = Page(request.query_params)
    async with app.state.pool.acquire() as db:
        found = await db.fetch(TRIP_PAGE, driver, page.size, page.skipped)
        ids = [row["id"] for row in found]
        trips = await db.fetch(TRIPS, ids, driver, datetime.datetime.now(UTC))
        riders = views.by_trip(await db.fetch(RIDERS, ids))
    by_id = {trip["id"]: trip for trip in trips}
    total = found[0]["total"] if found else 0
    return good(request,
                [views.trip_view(by_id[each], driver, riders.get(each, ())) for each in ids],
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
            async with app.state.pool.acquire() as db, db.transaction():
                stored = key.check(await db.fetchrow(CLAIM_KEY, key.caller, key.value, key.now))
                if stored:
                    return stored
                claimed = True
                answer = await write(db, rules.read(body), passenger, key.now)
                await db.execute(STORE_KEY, *key.row(answer).values())
                return answer
        except Refusal as refusal:
            refused = refusal
        except asyncpg.IntegrityConstraintViolationError as error:
            refused = of_constraint(error.constraint_name, attempt)
            if refused is None:
                continue
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            if attempt == ATTEMPTS:
                raise
            continue
        if claimed:
            await app.state.pool.execute(STORE_KEY,
                                         *key.row(rules.refusal_answer(refused)).values())
        raise refused


async def write(db, wanted, passenger, now):
    await db.execute(LOCK_PERSON, passenger)
    await db.execute(LOCK_TRIP, wanted.trip_id)
    trip = await db.fetchrow(TRIPS, [wanted.trip_id], passenger, now)
    if trip is None:
        raise Refusal("not_found")
    window_s = 3600 * settings.values["carpool.unpaid_window_h"]
    booker = await db.fetchrow(BOOKER, passenger, wanted.trip_id, now, window_s,
                               rules.references())
    booking = rules.plan(wanted, passenger, trip, booker, now)
    if trip["lapsed"]:
        await db.execute(RELEASE_LAPSED, wanted.trip_id, now)
    await db.execute(SAVE_BOOKING, *booking.values())
    events = rules.history(booking, now)
    await db.execute(SAVE_HISTORY, *([row[name] for row in events] for name in (
        "booking_id", "event", "from_status", "to_status", "by_type", "by_id")), now)
    await db.execute(OPEN_CONVERSATION, uuid.uuid4(), booking["id"], booking["passenger_id"],
                     booking["driver_id"], now)
    message_id = uuid.uuid4()
    if booking["seats_held"]:
        await db.execute(TAKE_SEATS, booking["trip_id"], booking["from_m"], booking["to_m"],
                         booking["seats"])
        await db.execute(POST_NOTE, booking["id"], message_id, "accepted", now)
    news = rules.news(booking, message_id, now)
    await db.execute(SAVE_NEWS, [row["id"] for row in news], [row["name"] for row in news],
                     [views.dumps(row["payload"]) for row in news], now)
    return rules.answer_of(booking, trip, booker, now)
