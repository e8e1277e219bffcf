-- Who holds an Idempotency-Key. $1 caller, $2 key, $3 now.
select pg_try_advisory_xact_lock(hashtextextended($1::text || ' ' || $2::text, 0)) as locked,
       coalesce(k.expires_at <= $3::timestamptz, false) as expired,
       k.fingerprint, k.status, k.answer, k.location
  from (select) as one
  left join platform.idempotency_keys k on k.caller = $1 and k.key = $2
