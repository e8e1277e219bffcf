"""Flask and SQLAlchemy's ORM on psycopg2, under gunicorn."""

import datetime
import os
import uuid

import ujson
from flask import Flask, Response, request
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import sessionmaker

import booking as rules
import models
import settings
import views
from models import numbered
from refusals import ATTEMPTS, Refusal, of_constraint
from search import Search, whole
from tokens import caller_of, need_caller

UTC = datetime.timezone.utc
RETRIED = ("40P01", "40001")

engine = create_engine(
    settings.DATABASE_URL.replace("postgresql://", "postgresql+psycopg2://", 1), future=True,
    pool_size=settings.POOL_SIZE, max_overflow=0, json_serializer=views.dumps,
    json_deserializer=ujson.loads, connect_args={"options": "-c jit=off"})
Writing = sessionmaker(engine, expire_on_commit=False, future=True)
# What only reads needs no BEGIN and ROLLBACK around it.
Reading = sessionmaker(engine.execution_options(isolation_level="AUTOCOMMIT"),
                       expire_on_commit=False, future=True)
with Reading() as at_start:
    settings.load(at_start.execute(text(settings.QUERY)).all())

app = Flask(__name__, static_folder=None)


def answer(content, status=200, headers=None):
    return Response(content, status, headers, content_type="application/json")


def good(data, **meta):
    of_request = request_id()
    return answer(views.dumps(views.envelope(data, of_request, **meta)),
                  headers={"X-Request-Id": of_request})


@app.errorhandler(Refusal)
def refuse(refusal):
    of_request = request_id()
    return answer(views.dumps(views.refused(refusal, of_request)), refusal.status,
                  {"X-Request-Id": of_request})


def request_id():
    return views.request_id(request.headers.get("X-Request-Id"))


def viewer_of_request():
    return caller_of(request.headers.get("Authorization"))


def caller():
    return need_caller(request.headers.get("Authorization"))


def trip_view(trip, viewer, riders=None):
    return views.trip_view(trip, viewer, riders, trip.driver, trip.vehicle_row, views.iso)


@app.get("/health/ready")
def ready():
    return answer(str(os.getpid()))


@app.get("/api/v1/trips/search")
def search_trips():
    search = Search(request.args, viewer_of_request())
    nearest = []
    with Reading() as session:
        hits = session.execute(models.SEARCH, numbered(search.arguments())).mappings().all()
        if search.wants_nearest(hits):
            nearest = session.execute(models.NEAREST_DAYS,
                                      numbered(search.nearest_arguments())).scalars().all()
    return good([views.hit_view(hit, search.parts(hit)) for hit in hits],
                search=search.meta(nearest),
                pagination=views.pagination(search.page, search.page_size, search.total(hits)))


@app.get("/api/v1/trips/<trip_id>")
def show_trip(trip_id):
    viewer = viewer_of_request()
    if not views.is_uuid(trip_id):
        raise Refusal("not_found")
    with Reading() as session:
        trip = find_trip(session, uuid.UUID(trip_id), viewer, datetime.datetime.now(UTC))
        riders = find_riders(session, [trip]) if viewer == str(trip.driver_id) else None
    if not rules.may_see(trip, viewer):
        raise Refusal("not_found")
    return good(trip_view(trip, viewer, riders))


def find_trip(session, trip_id, viewer, now):
    row = session.execute(models.FIND_TRIP, {
        "trip": trip_id, "viewer": viewer and uuid.UUID(viewer)})
    row = row.unique().one_or_none()
    if row is None:
        raise Refusal("not_found")
    trip, trip.viewer_rides, trip.viewer_has_paid = row.Trip, row.rides, row.has_paid
    if trip.viewer_has_paid:
        trip.phone = session.execute(models.PHONE, {"person": trip.driver_id}).scalar_one()
    lapsed = session.execute(models.LAPSED, {"trips": [trip_id], "now": now}).all()
    counts = ()
    if viewer == str(trip.driver_id):
        counts = session.execute(models.COUNTS, {"trips": [trip_id]}).all()
    return models.told([trip], lapsed, counts)[0]


def find_riders(session, trips):
    ids = [str(trip.id) for trip in trips]
    return session.execute(models.RIDERS, {"p1": ids}).mappings().all()


@app.get("/api/v1/trips")
def list_trips():
    driver = caller()
    page = whole(request.args.get("page"), "page", 1, 1_000_000, 1)
    page_size = whole(request.args.get("page_size"), "page_size", 1, 100, 20)
    with Reading() as session:
        found = session.execute(models.TRIP_PAGE, {
            "driver": uuid.UUID(driver), "size": page_size, "skip": (page - 1) * page_size}).all()
        trips = [row.Trip for row in found]
        ids = [trip.id for trip in trips]
        lapsed = session.execute(models.LAPSED, {
            "trips": ids, "now": datetime.datetime.now(UTC)}).all()
        counts = session.execute(models.COUNTS, {"trips": ids}).all()
        riders = views.by_trip(find_riders(session, trips))
    models.told(trips, lapsed, counts)
    total = found[0].total if found else 0
    return good([trip_view(trip, driver, riders.get(trip.id, ())) for trip in trips],
                pagination=views.pagination(page, page_size, total))


@app.post("/api/v1/bookings")
def create_booking():
    passenger = caller()
    body = request.get_data()
    key = rules.Key(request.headers.get("Idempotency-Key"), passenger, body)
    made = book(key, body, passenger)
    of_request = request_id()
    return answer(made.body(of_request), made.status, made.headers(of_request))


def book(key, body, passenger):
    for attempt in range(1, ATTEMPTS + 1):
        claimed = False
        try:
            with Writing.begin() as session:
                claim = session.execute(models.CLAIM_KEY,
                                        numbered((key.caller, key.value, key.now)))
                stored = key.check(claim.mappings().one())
                if stored:
                    return stored
                claimed = True
                made = write(session, rules.read(body), passenger, key.now)
                session.add(models.IdempotencyKey(**key.row(made)))
            return made
        except Refusal as refusal:
            refused = refusal
        except IntegrityError as error:
            refused = of_constraint(error.orig.diag.constraint_name, attempt)
            if refused is None:
                continue
        except DBAPIError as error:
            if error.orig.pgcode not in RETRIED or attempt == ATTEMPTS:
                raise
            continue
        if claimed:
            with Writing.begin() as session:
                session.execute(models.STORE_KEY, numbered(
                    key.row(rules.refusal_answer(refused)).values()))
        raise refused


def write(session, wanted, passenger, now):
    session.execute(models.LOCK_PERSON, {"p1": passenger})
    session.execute(models.LOCK_TRIP, {"trip": wanted.trip_id})
    trip = find_trip(session, wanted.trip_id, passenger, now)
    window_s = 3600 * settings.values["carpool.unpaid_window_h"]
    booker = session.execute(models.BOOKER, numbered((
        passenger, wanted.trip_id, now, window_s, rules.references()))).mappings().one()
    booking = rules.plan(wanted, passenger, trip, booker, now)
    if trip.lapsed:
        session.execute(models.RELEASE_LAPSED, numbered((wanted.trip_id, now)))
    message_id = uuid.uuid4()
    session.add_all(models.rows_of(booking, uuid.uuid4(), message_id, rules.history(booking, now),
                                   rules.news(booking, message_id, now), now))
    if booking["seats_held"]:
        session.execute(models.TAKE_SEATS, {
            "trip": booking["trip_id"], "start": booking["from_m"], "end": booking["to_m"],
            "seats": booking["seats"]})
    return rules.answer_of(booking, trip, booker, now, trip.driver, trip.vehicle_row)
