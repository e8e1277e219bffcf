create index payment_event_created_at on payments.payment_event using brin (created_at);

-- Which deals saw money move or a payment change, and when by the database's clock.
create view payments.moved_deal as
    select subject_type, subject_id, created_at
      from ledger.movement
     where subject_type is not null
    union all
    select p.subject_type, p.subject_id::text, e.created_at
      from payments.payment_event e join payments.payment p on p.id = e.payment_id;
