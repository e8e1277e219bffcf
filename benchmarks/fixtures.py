"""Data for measuring: trips and people in numbers that nobody would make over HTTP. Rows are copies of real ones
(which went through the program), with other ids, places and times."""

# Towns of Côte d'Ivoire, Togo, Benin and Burkina Faso: lat, lon.
TOWNS = [(5.3575, -4.0083), (6.8190, -5.2760), (7.6900, -5.0300), (6.5580, -5.0190), (5.4718, -3.2079),
         (6.7273, -3.4964), (9.4580, -5.6295), (4.7485, -6.6363), (6.8774, -6.4502), (7.4125, -7.5538),
         (6.1319, 1.2228), (9.5511, 1.1861), (8.9833, 1.1333), (7.5300, 1.1300), (6.3703, 2.3912),
         (7.1786, 2.0667), (9.3370, 2.6303), (12.3714, -1.5197), (11.1771, -4.2979), (10.6342, -4.7621)]

# The generated column of accounts refuses to be copied: columns are listed at run time.
COPY_ROWS = """
create or replace function pg_temp.columns_of(wanted regclass) returns text language sql as $$
    select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
     where attrelid = wanted and attnum > 0 and not attisdropped and attgenerated = '' $$;
create or replace function pg_temp.copy_rows(target regclass, changes text, source text)
returns void language plpgsql as $$
begin
    -- offset 0: else the record would be made once for each of its columns.
    execute format('insert into %1$s (%2$s) select %3$s from (
        select jsonb_populate_record(r, %4$s) as made from %1$s r, %5$s offset 0) x',
        target, pg_temp.columns_of(target),
        (select string_agg('(made).' || quote_ident(attname), ', ' order by attnum) from pg_attribute
          where attrelid = target and attnum > 0 and not attisdropped and attgenerated = ''),
        changes, source);
end $$;
"""


def copy_rows(table, changes, source):
    pairs = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    return (f"select pg_temp.copy_rows('{table}', $c$jsonb_build_object({pairs})$c$, "
            f"$s${source}$s$);\n")


def numbered(letter, expression):
    return f"'{letter}0000000-0000-4000-8000-' || lpad(({expression})::text, 12, '0')"


def add_people(database, person, first, count):
    """Accounts b0000000-…-<n> like the account `person`, so many from `first` on."""
    database.run(COPY_ROWS + copy_rows(
        "identity.accounts",
        {"id": numbered("b", "n"),
         "phone": "'+22507' || lpad((50000000 + n)::text, 8, '0')",
         "referral_code": "lpad(upper(to_hex(n)), 8, 'X')"},
        f"generate_series({first}, {first + count - 1}) n where r.id = '{person}'"))


def add_roomy_trips(database, trip, count):
    """Trips a0000000-…-<n> like `trip`, spread over drivers (an hour apart would clash: one a day each)."""
    days = 60
    shift = f"make_interval(days => (n % {days})::int)"
    source = f"generate_series(0, {count - 1}) n where r.{{key}} = '{trip}'"
    trips = copy_rows("carpool.trips",
                      {"id": numbered("a", "n"),
                       "driver_id": numbered("d", f"n / {days}"),
                       "departure_time": f"r.departure_time + {shift}",
                       "arrival_eta": f"r.arrival_eta + {shift}",
                       "depart_day": f"r.depart_day + (n % {days})::int"},
                      source.format(key="id"))
    stops = copy_rows("carpool.trip_stops",
                      {"id": "gen_random_uuid()",
                       "trip_id": numbered("a", "n"),
                       "arrive_at": f"r.arrive_at + {shift}",
                       "depart_at": f"r.depart_at + {shift}",
                       "depart_day": f"r.depart_day + (n % {days})::int"},
                      source.format(key="trip_id"))
    segments = copy_rows("carpool.trip_segments", {"trip_id": numbered("a", "n")},
                         source.format(key="trip_id"))
    drivers = copy_rows("identity.accounts",
                        {"id": numbered("d", "n"),
                         "phone": "'+22507' || lpad((40000000 + n)::text, 8, '0')",
                         "referral_code": "lpad(upper(to_hex(n)), 8, 'Y')"},
                        f"generate_series(0, {count // days}) n where r.id ="
                        f" (select driver_id from carpool.trips where id = '{trip}')")
    database.run(COPY_ROWS + drivers + trips + stops + segments)


def add_own_trips(database, trip, count):
    """Trips e0000000-…-<n> of the driver of `trip`, one a day: his list has pages then."""
    shift = "make_interval(days => (n + 1)::int)"
    source = f"generate_series(0, {count - 1}) n where r.{{key}} = '{trip}'"
    database.run(COPY_ROWS
                 + copy_rows("carpool.trips",
                             {"id": numbered("e", "n"),
                              "departure_time": f"r.departure_time + {shift}",
                              "arrival_eta": f"r.arrival_eta + {shift}",
                              "depart_day": "r.depart_day + (n + 1)::int"},
                             source.format(key="id"))
                 + copy_rows("carpool.trip_stops",
                             {"id": "gen_random_uuid()",
                              "trip_id": numbered("e", "n"),
                              "arrive_at": f"r.arrive_at + {shift}",
                              "depart_at": f"r.depart_at + {shift}",
                              "depart_day": "r.depart_day + (n + 1)::int"},
                             source.format(key="trip_id"))
                 + copy_rows("carpool.trip_segments", {"trip_id": numbered("e", "n")},
                             source.format(key="trip_id")))


def add_search_trips(database, trip, count):
    """Trips c0000000-…-<n> between random towns on the next 60 days. The indexes are made afterwards: that is
    many times faster."""
    already = int(database.run("select count(*) from carpool.trips where id::text like 'c0000000-%'"))
    towns = ", ".join(f"({lat}, {lon})" for lat, lon in TOWNS)
    start = f"{already}"
    prepare = f"""
create temp table town as
select row_number() over () - 1 as i, lat, lon from (values {towns}) t(lat, lon);
create temp table plan as
select n, (random() * 59)::int as day, (random() * 720)::int as minute,
       a.lat + (random() - 0.5) * 0.2 as lat_a, a.lon + (random() - 0.5) * 0.2 as lon_a,
       b.lat + (random() - 0.5) * 0.2 as lat_b, b.lon + (random() - 0.5) * 0.2 as lon_b
  from (select n, floor(random() * {len(TOWNS)})::int as i, floor(random() * {len(TOWNS)})::int as j
          from generate_series({start}, {start} + {count - already} - 1) n) p
  join town a on a.i = p.i join town b on b.i = case when p.j = p.i then (p.j + 1) % {len(TOWNS)} else p.j end;
create temp table saved as
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
  from pg_index where indrelid in ('carpool.trips'::regclass, 'carpool.trip_stops'::regclass)
   and not indisunique and not indisexclusion;
do $$ declare r record; begin
    for r in select name from saved loop execute 'drop index ' || r.name; end loop;
    alter table carpool.trips drop constraint if exists trips_one_at_a_time;
end $$;
"""
    def point(end):
        return f"'SRID=4326;POINT(' || lon_{end} || ' ' || lat_{end} || ')'"

    shift = "make_interval(days => day, mins => minute)"
    # One trip a day and driver would need many drivers; the rule that refuses it is off while we load.
    rows = copy_rows("carpool.trips",
                     {"id": numbered("c", "n"),
                      "driver_id": numbered("d", "n % 20"),
                      "origin_point": point("a"), "destination_point": point("b"),
                      "departure_time": f"r.departure_time + {shift}",
                      "arrival_eta": f"r.arrival_eta + {shift}",
                      "depart_day": "r.depart_day + day",
                      "price_per_seat": "1000 + (n % 90) * 100"},
                     f"plan where r.id = '{trip}'")
    rows += copy_rows("carpool.trip_stops",
                      {"id": "gen_random_uuid()", "trip_id": numbered("c", "n"),
                       "point": f"case r.kind when 'origin' then {point('a')} else {point('b')} end",
                       "ahead": f"case r.kind when 'origin' then {point('b')} end",
                       "arrive_at": f"r.arrive_at + {shift}", "depart_at": f"r.depart_at + {shift}",
                       "depart_day": "r.depart_day + day"},
                      f"plan where r.trip_id = '{trip}'")
    rows += copy_rows("carpool.trip_segments", {"trip_id": numbered("c", "n")},
                      f"plan where r.trip_id = '{trip}'")
    finish = """
do $$ declare r record; begin
    for r in select definition from saved loop execute r.definition; end loop;
end $$;
analyze carpool.trips; analyze carpool.trip_stops; analyze carpool.trip_segments;
"""
    database.run("set maintenance_work_mem = '512MB'; set synchronous_commit = off;\n"
                 + COPY_ROWS + prepare + rows + finish)


def add_live_trip(database, trip, made, driver):
    """The trip `made`, like `trip`, of another driver: it departs in ten minutes."""
    shift = ("(now() + interval '10 minutes' - (select departure_time from carpool.trips"
             f" where id = '{trip}'))")
    source = f"(select 1) one where r.{{key}} = '{trip}'"
    database.run(COPY_ROWS
                 + copy_rows("carpool.trips",
                             {"id": f"'{made}'::uuid", "driver_id": f"'{driver}'::uuid",
                              "departure_time": f"r.departure_time + {shift}",
                              "arrival_eta": f"r.arrival_eta + {shift}",
                              "depart_day": f"(r.departure_time + {shift})::date"},
                             source.format(key="id"))
                 + copy_rows("carpool.trip_stops",
                             {"id": "gen_random_uuid()", "trip_id": f"'{made}'::uuid",
                              "arrive_at": f"r.arrive_at + {shift}",
                              "depart_at": f"r.depart_at + {shift}",
                              "depart_day": f"(r.depart_at + {shift})::date"},
                             source.format(key="trip_id"))
                 + copy_rows("carpool.trip_segments", {"trip_id": f"'{made}'::uuid"},
                             source.format(key="trip_id")))


def add_held_bookings(database, booking):
    """One like `booking`, accepted and not yet paid, on each roomy trip, of the person with its number."""
    shift = (f"(t.departure_time - (select departure_time from carpool.trips where id = ("
             f"select trip_id from carpool.bookings where id = '{booking}')))")
    number = "right(t.id::text, 12)::bigint"
    database.run(COPY_ROWS + copy_rows(
        "carpool.bookings",
        {"id": "gen_random_uuid()", "reference": f"'BKH-' || {number}", "trip_id": "t.id",
         "driver_id": "t.driver_id", "passenger_id": numbered("b", number),
         "pickup_at": f"r.pickup_at + {shift}", "dropoff_at": f"r.dropoff_at + {shift}",
         "booked_pickup_at": f"r.booked_pickup_at + {shift}"},
        f"carpool.trips t where t.id::text like 'a0000000-%' and r.id = '{booking}'"))


def add_watchers(database, booking, trip, count):
    """Paid bookings like `booking` on `trip`, of the people 1 to `count`, who may watch its driver."""
    shift = (f"((select departure_time from carpool.trips where id = '{trip}')"
             f" - (select pickup_at from carpool.bookings where id = '{booking}'))")
    database.run(COPY_ROWS + copy_rows(
        "carpool.bookings",
        {"id": "gen_random_uuid()", "reference": "'BKW-' || n", "trip_id": f"'{trip}'::uuid",
         "driver_id": f"(select driver_id from carpool.trips where id = '{trip}')",
         "passenger_id": numbered("b", "n"), "status": "'paid'", "paid_at": "now()",
         "pickup_at": f"r.pickup_at + {shift}", "dropoff_at": f"r.dropoff_at + {shift}",
         "booked_pickup_at": f"r.booked_pickup_at + {shift}"},
        f"generate_series(1, {count}) n where r.id = '{booking}'"))


def add_cancelled_bookings(database, booking, first, end, people):
    """One from the past for each of the search trips from `first` to before `end`."""
    database.run("set synchronous_commit = off;\n" + COPY_ROWS + copy_rows(
        "carpool.bookings",
        {"id": "gen_random_uuid()", "reference": "'BKC-' || n", "trip_id": numbered("c", "n"),
         "passenger_id": numbered("b", f"n % {people}"), "status": "'cancelled'",
         "seats_held": "false", "cancelled_at": "now()", "cancelled_by": "'passenger'"},
        f"generate_series({first}, {end} - 1) n where r.id = '{booking}'"))
