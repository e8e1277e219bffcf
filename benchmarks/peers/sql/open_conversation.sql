-- $1 id, $2 booking, $3 passenger, $4 driver, $5 now.
with opened as (
    insert into messaging.conversations (id, subject_kind, subject_id, created_at)
    values ($1, 'carpool_booking', $2, $5)
        on conflict (subject_kind, subject_id) do nothing
    returning id)
insert into messaging.participants (conversation_id, user_id, role)
select opened.id, p.user_id, p.role
  from opened, (values ($3::uuid, 'passenger'), ($4::uuid, 'driver')) as p (user_id, role)
