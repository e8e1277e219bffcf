-- One row per element. $1 ids, $2 names, $3 payloads, $4 now.
insert into platform.outbox (id, name, payload, at, next_attempt_at)
select e.id, e.name, e.payload::jsonb, $4::timestamptz, $4::timestamptz
  from unnest($1::uuid[], $2::text[], $3::text[]) with ordinality as e (id, name, payload, place)
 order by e.place
