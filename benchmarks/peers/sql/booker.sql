-- What the rules of a booking ask about who books. $1 who, $2 trip, $3 now, $4 window of the unpaid
-- limit in seconds, $5 candidates for a reference.
select a.status, a.kyc_tier,
       coalesce(a.phone_verified_at is not null and d.phone_verified_at is not null
                and a.phone = d.phone, false) as shares_phone,
       p.id, p.first_name, p.last_initial, p.passenger_rating_sum as rating_sum,
       p.passenger_rating_count as rating_count, p.member_since, p.phone_verified,
       p.email_verified, p.identity_verified, p.driver_verified,
       coalesce(c.ridden, 0) as trips_completed,
       (select b.id from carpool.bookings b
         where b.trip_id = t.id and b.passenger_id = a.id
           and b.status in ('pending', 'accepted', 'paid')) as live_booking_id,
       exists (select 1 from carpool.bookings b
                where b.trip_id = t.id and b.passenger_id = a.id
                  and b.status in ('cancelled', 'completed')
                  and b.cancel_reason = 'driver_rejected') as rejected_before,
       (select coalesce(json_agg(y order by y."from"), '[]') from (
            select b.id as booking_id, null::uuid as trip_id, b.pickup_at as "from",
                   b.dropoff_at as until
              from carpool.bookings b
             where b.passenger_id = a.id and b.status in ('pending', 'accepted', 'paid')
               and b.status <> 'pending' -- by the index of live bookings
               and b.pickup_at < t.arrival_eta and b.dropoff_at > t.departure_time
            union all
            select null, o.id, o.departure_time, o.arrival_eta
              from carpool.trips o
             where o.driver_id = a.id and o.status in ('published', 'ongoing')
               and o.deleted_at is null
               and o.departure_time < t.arrival_eta and o.arrival_eta > t.departure_time) y) as busy,
       (select coalesce(json_agg(b.created_at order by b.created_at), '[]')
          from carpool.bookings b
         where b.passenger_id = a.id and b.paid_at is null
           and b.created_at > $3::timestamptz - make_interval(secs => $4::int)
           and not (b.status = 'cancelled'
                    and (b.cancelled_by = 'staff'
                         or b.cancel_reason in ('driver_rejected', 'request_expired', 'superseded',
                                                'sold_out', 'trip_cancelled', 'trip_deleted')))
       ) as unpaid_at,
       (select f.id from payments.fee_terms f
         where f.vertical = 'carpool' and f.effective_from <= $3
         order by f.effective_from desc, f.version desc
         limit 1) as fee_schedule_id,
       (select r from unnest($5::text[]) r
         where not exists (select 1 from carpool.bookings b where b.reference = r)
         limit 1) as reference
  from carpool.trips t
  join identity.account_facts a on a.id = $1::uuid
  join identity.account_facts d on d.id = t.driver_id
  join identity.person_cards p on p.id = a.id
  left join carpool.person_counts c on c.user_id = a.id
 where t.id = $2::uuid
