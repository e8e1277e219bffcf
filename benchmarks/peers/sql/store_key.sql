-- $1 caller, $2 key, $3 fingerprint, $4 status, $5 answer, $6 location, $7 now, $8 end. A stored answer
-- stays until its time is over.
insert into platform.idempotency_keys as k
       (caller, key, fingerprint, status, answer, location, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (caller, key) do update
   set fingerprint = excluded.fingerprint, status = excluded.status, answer = excluded.answer,
       location = excluded.location, lease_until = null, created_at = excluded.created_at,
       expires_at = excluded.expires_at
 where k.expires_at <= excluded.created_at
