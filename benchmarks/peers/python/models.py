"""The tables as SQLAlchemy's declarative classes, in its 2.0 style, and the statements over them."""

import uuid

from sqlalchemy import (BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, SmallInteger,
                        Text, and_, bindparam, case, cast, exists, func, select, text, update)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID
from sqlalchemy.orm import (column_property, declarative_base, deferred, joinedload, relationship,
                            selectinload)
from sqlalchemy.types import UserDefinedType

import statements

Time = TIMESTAMP(timezone=True)
Id = UUID(as_uuid=True)


class Geometry(UserDefinedType):
    cache_ok = True

    def get_col_spec(self):
        return "geometry"


class Geography(UserDefinedType):
    """Written as EWKT."""

    cache_ok = True

    def get_col_spec(self):
        return "geography(Point, 4326)"

    def bind_expression(self, bindvalue):
        return func.st_geogfromtext(cast(bindvalue, Text))


class Readable:
    """views.py reads rows of statements and these alike."""

    def __getitem__(self, name):
        return getattr(self, name)


Base = declarative_base(cls=Readable)


class PersonCount(Base):
    __tablename__ = "person_counts"
    __table_args__ = {"schema": "carpool"}
    user_id = Column(Id, primary_key=True)
    driven = Column(Integer)
    ridden = Column(Integer)


class Driver(Base):
    """A person as the driver of trips."""

    __tablename__ = "person_cards"
    __table_args__ = {"schema": "identity"}
    id = Column(Id, primary_key=True)
    first_name = Column(Text)
    last_initial = Column(Text)
    rating_sum = Column("driver_rating_sum", BigInteger)
    rating_count = Column("driver_rating_count", BigInteger)
    member_since = Column(Time)
    phone_verified = Column(Boolean)
    email_verified = Column(Boolean)
    identity_verified = Column(Boolean)
    driver_verified = Column(Boolean)
    counts = relationship(PersonCount, viewonly=True, uselist=False,
                          primaryjoin="foreign(PersonCount.user_id) == Driver.id")

    @property
    def trips_completed(self):
        return self.counts.driven if self.counts else 0


class Vehicle(Base):
    __tablename__ = "cards"
    __table_args__ = {"schema": "vehicles"}
    id = Column(Id, primary_key=True)
    kind = Column(Text)
    make = Column(Text)
    model = Column(Text)
    color = Column(Text)
    comfort_level = Column(Text)
    year = Column(SmallInteger)
    verified = Column(Boolean)
    plate_number = Column(Text)


class Route(Base):
    __tablename__ = "routes"
    __table_args__ = {"schema": "carpool"}
    id = Column(Id, primary_key=True)
    polyline = Column(Text)
    source = Column(Text)


class Stop(Base):
    __tablename__ = "trip_stops"
    __table_args__ = {"schema": "carpool"}
    id = Column(Id, primary_key=True)
    trip_id = Column(Id, ForeignKey("carpool.trips.id"))
    order = Column(SmallInteger)
    kind = Column(Text)
    point = deferred(Column(Geography))
    label = Column(Text)
    pickup_allowed = Column(Boolean)
    dropoff_allowed = Column(Boolean)
    offset_m = Column(Integer)
    arrive_at = Column(Time)
    depart_at = Column(Time)
    lat = column_property(func.st_y(cast(point.expression, Geometry)))
    lon = column_property(func.st_x(cast(point.expression, Geometry)))


class Segment(Base):
    __tablename__ = "trip_segments"
    __table_args__ = {"schema": "carpool"}
    trip_id = Column(Id, ForeignKey("carpool.trips.id"), primary_key=True)
    from_m = Column(Integer, primary_key=True)
    to_m = Column(Integer)
    seats_free = Column(SmallInteger)


class Trip(Base):
    __tablename__ = "trips"
    __table_args__ = {"schema": "carpool"}
    id = Column(Id, primary_key=True)
    driver_id = Column(Id)
    vehicle_id = Column(Id)
    route_id = Column(Id, ForeignKey("carpool.routes.id"))
    origin_point = deferred(Column(Geography))
    origin_text = Column(Text)
    destination_point = deferred(Column(Geography))
    destination_text = Column(Text)
    departure_time = Column(Time)
    arrival_eta = Column(Time)
    price_per_seat = Column(BigInteger)
    currency = Column(Text)
    seats_offered = Column(SmallInteger)
    luggage_policy = Column(Text)
    rules = Column(Text)
    allow_auto_accept = Column(Boolean)
    cash_allowed = Column(Boolean)
    en_route = Column(Boolean)
    max_detour_min = Column(SmallInteger)
    solo_drive_s = Column(Integer)
    drive_s = Column(Integer)
    status = Column(Text)
    moderation = Column(Text)
    cancel_reason = Column(Text)
    published_at = Column(Time)
    started_at = Column(Time)
    ended_at = Column(Time)
    deleted_at = Column(Time)
    created_at = Column(Time)
    updated_at = Column(Time)
    origin_lat = column_property(func.st_y(cast(origin_point.expression, Geometry)))
    origin_lon = column_property(func.st_x(cast(origin_point.expression, Geometry)))
    destination_lat = column_property(func.st_y(cast(destination_point.expression, Geometry)))
    destination_lon = column_property(func.st_x(cast(destination_point.expression, Geometry)))
    route = relationship(Route, viewonly=True)
    driver = relationship(Driver, viewonly=True,
                          primaryjoin="foreign(Trip.driver_id) == Driver.id")
    vehicle = relationship(Vehicle, viewonly=True,
                           primaryjoin="foreign(Trip.vehicle_id) == Vehicle.id")
    stops = relationship(Stop, viewonly=True, order_by=Stop.order)
    segments = relationship(Segment, viewonly=True, order_by=Segment.from_m)

    # Told after the trip was loaded.
    lapsed = ()
    counts = None
    viewer_rides = False
    viewer_has_paid = False
    phone = None

    @property
    def polyline(self):
        return self.route.polyline

    @property
    def route_source(self):
        return self.route.source

    @property
    def vehicle_row(self):
        return self.vehicle or {"kind": None}


class Booking(Base):
    __tablename__ = "bookings"
    __table_args__ = {"schema": "carpool"}
    id = Column(Id, primary_key=True)
    reference = Column(Text)
    trip_id = Column(Id, ForeignKey("carpool.trips.id"))
    passenger_id = Column(Id)
    driver_id = Column(Id)
    seats = Column(SmallInteger)
    from_mode = Column(Text)
    to_mode = Column(Text)
    from_stop_id = Column(Id)
    to_stop_id = Column(Id)
    from_order = Column(SmallInteger)
    to_order = Column(SmallInteger)
    pickup_point = Column(Geography)
    pickup_text = Column(Text)
    dropoff_point = Column(Geography)
    dropoff_text = Column(Text)
    from_m = Column(Integer)
    to_m = Column(Integer)
    access_from_m = Column(Integer)
    access_to_m = Column(Integer)
    whole_trip = Column(Boolean)
    pickup_at = Column(Time)
    dropoff_at = Column(Time)
    booked_pickup_at = Column(Time)
    distance_m = Column(Integer)
    duration_s = Column(Integer)
    price_per_seat = Column(BigInteger)
    subtotal = Column(BigInteger)
    amount_total = Column(BigInteger)
    currency = Column(Text)
    fee_schedule_id = Column(Id)
    status = Column(Text)
    cancel_reason = Column(Text)
    request_expires_at = Column(Time)
    hold_expires_at = Column(Time)
    seats_held = Column(Boolean)
    note = Column(Text)
    accepted_at = Column(Time)
    created_at = Column(Time)
    updated_at = Column(Time)


class BookingEvent(Base):
    __tablename__ = "booking_events"
    __table_args__ = {"schema": "carpool"}
    id = Column(Id, primary_key=True, default=uuid.uuid4)
    booking_id = Column(Id, ForeignKey("carpool.bookings.id"))
    event = Column(Text)
    from_status = Column(Text)
    to_status = Column(Text)
    by_type = Column(Text)
    by_id = Column(Id)
    occurred_at = Column(Time)
    created_at = Column(Time)


class Conversation(Base):
    __tablename__ = "conversations"
    __table_args__ = {"schema": "messaging"}
    id = Column(Id, primary_key=True)
    subject_kind = Column(Text)
    subject_id = Column(Id)
    last_seq = Column(BigInteger)
    created_at = Column(Time)


class Participant(Base):
    __tablename__ = "participants"
    __table_args__ = {"schema": "messaging"}
    conversation_id = Column(Id, ForeignKey("messaging.conversations.id"), primary_key=True)
    user_id = Column(Id, primary_key=True)
    role = Column(Text)


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = {"schema": "messaging"}
    id = Column(Id, primary_key=True)
    conversation_id = Column(Id, ForeignKey("messaging.conversations.id"))
    seq = Column(BigInteger)
    type = Column(Text)
    content = Column(Text)
    created_at = Column(Time)


class Event(Base):
    __tablename__ = "outbox"
    __table_args__ = {"schema": "platform"}
    id = Column(Id, primary_key=True)
    name = Column(Text)
    payload = Column(JSONB)
    at = Column(Time)
    next_attempt_at = Column(Time)


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"
    __table_args__ = {"schema": "platform"}
    caller = Column(Text, primary_key=True)
    key = Column(Text, primary_key=True)
    fingerprint = Column(LargeBinary)
    status = Column(SmallInteger)
    answer = Column(LargeBinary)
    location = Column(Text)
    created_at = Column(Time)
    expires_at = Column(Time)


SINGLE = (joinedload(Trip.route), joinedload(Trip.driver).joinedload(Driver.counts),
          joinedload(Trip.vehicle))

# One statement for one trip, where the product of its stops and segments is small; one for each collection of a
# page.
OF_VIEWER = and_(Booking.trip_id == Trip.id, Booking.passenger_id == bindparam("viewer", type_=Id))
RIDES = exists().where(OF_VIEWER, Booking.cancel_reason.is_distinct_from("driver_rejected"))
HAS_PAID = exists().where(OF_VIEWER, Booking.status.in_(("paid", "completed")))
FIND_TRIP = (select(Trip, RIDES.label("rides"), HAS_PAID.label("has_paid"))
             .options(*SINGLE, joinedload(Trip.stops), joinedload(Trip.segments))
             .where(Trip.id == bindparam("trip"), Trip.deleted_at.is_(None)))

TRIP_PAGE = (select(Trip, func.count().over().label("total"))
             .options(*SINGLE, selectinload(Trip.stops), selectinload(Trip.segments))
             .where(Trip.driver_id == bindparam("driver"), Trip.deleted_at.is_(None))
             .order_by(Trip.departure_time.desc(), Trip.id)
             .limit(bindparam("size")).offset(bindparam("skip")))

LAPSED = select(Booking.trip_id, Booking.seats, Booking.from_m, Booking.to_m).where(
    Booking.trip_id.in_(bindparam("trips", expanding=True)), Booking.status == "accepted",
    Booking.seats_held, Booking.hold_expires_at <= bindparam("now"))

def counted(status):
    return func.count(case((Booking.status == status, 1))).label(status)


COUNTS = (select(Booking.trip_id, counted("pending"), counted("accepted"), counted("paid"))
          .where(Booking.trip_id.in_(bindparam("trips", expanding=True)))
          .group_by(Booking.trip_id))

LOCK_TRIP = select(Trip.id).where(Trip.id == bindparam("trip")).with_for_update(key_share=True)

TAKE_SEATS = (update(Segment)
              .where(and_(Segment.trip_id == bindparam("trip"), Segment.from_m >= bindparam("start"),
                          Segment.to_m <= bindparam("end")))
              .values(seats_free=Segment.seats_free - bindparam("seats", type_=SmallInteger))
              .execution_options(synchronize_session=False))


def statement(name, **types):
    """A file of SQL; `types` of the parameters whose values do not tell theirs."""
    return text(statements.named(name)).bindparams(
        *(bindparam(parameter, type_=type_) for parameter, type_ in types.items()))


SEARCH = statement("search", p6=Time)
NEAREST_DAYS = statement("nearest_days", p5=Time)
RIDERS = statement("riders")
PHONE = text("select phone from identity.account_facts where id = :person").bindparams(
    bindparam("person", type_=Id))
BOOKER = statement("booker", p3=Time)
CLAIM_KEY = statement("claim_key", p3=Time)
LOCK_PERSON = statement("lock_person", p1=Id)
RELEASE_LAPSED = statement("release_lapsed", p1=Id, p2=Time)
STORE_KEY = statement("store_key", p7=Time, p8=Time)


def numbered(values):
    return {f"p{index}": value for index, value in enumerate(values, 1)}


def told(trips, lapsed, counts=()):
    """Trips with the facts that are no columns of theirs."""
    by_trip = {row.trip_id: row for row in counts}
    nothing = {"pending": 0, "accepted": 0, "paid": 0}
    for trip in trips:
        trip.lapsed = [hold._mapping for hold in lapsed if hold.trip_id == trip.id]
        found = by_trip.get(trip.id)
        trip.counts = {name: found._mapping[name] for name in nothing} if found else nothing
    return trips


def rows_of(booking, conversation_id, message_id, events, news, now):
    """All that a booking adds, for Session.add_all()."""
    accepted = booking["seats_held"]
    rows = [Booking(**booking), *(BookingEvent(**event) for event in events),
            Conversation(id=conversation_id, subject_kind="carpool_booking",
                         subject_id=booking["id"], last_seq=int(accepted), created_at=now),
            Participant(conversation_id=conversation_id, user_id=booking["passenger_id"],
                        role="passenger"),
            Participant(conversation_id=conversation_id, user_id=booking["driver_id"],
                        role="driver"),
            *(Event(**event) for event in news)]
    if accepted:
        rows.append(Message(id=message_id, conversation_id=conversation_id, seq=1, type="system",
                            content="accepted", created_at=now))
    return rows
