-- The payments of the last day, for their share of success.
create index payment_created_at on payments.payment using brin (created_at);
