-- $1 booking, $2 message, $3 what, $4 now.
with counted as (
    update messaging.conversations set last_seq = last_seq + 1
     where subject_kind = 'carpool_booking' and subject_id = $1
    returning id, last_seq)
insert into messaging.messages (id, conversation_id, seq, type, content, created_at)
select $2, counted.id, counted.last_seq, 'system', $3::text, $4::timestamptz from counted
