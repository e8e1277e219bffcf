-- Conversations about a deal of any vertical, by (subject_kind, subject_id).

create table messaging.conversations (
    id           uuid primary key,
    subject_kind text not null,
    subject_id   uuid not null,
    last_seq     bigint not null default 0,
    closes_at    timestamptz,
    unmasked_at  timestamptz,
    created_at   timestamptz not null,
    unique (subject_kind, subject_id)
);

create table messaging.participants (
    conversation_id uuid not null references messaging.conversations,
    user_id         uuid not null,
    role            text not null check (role in ('passenger', 'driver')),
    last_read_seq   bigint not null default 0,
    last_read_at    timestamptz,
    primary key (conversation_id, user_id)
);

create index participants_user on messaging.participants (user_id);

create table messaging.messages (
    id              uuid primary key,
    conversation_id uuid not null references messaging.conversations,
    seq             bigint not null,
    from_user_id    uuid,
    type            text not null check (type in ('text', 'image', 'system')),
    content         text not null,
    file_id         uuid,
    client_id       text,
    created_at      timestamptz not null,
    unique (conversation_id, seq),
    unique (conversation_id, from_user_id, client_id),
    check ((type = 'system') = (from_user_id is null)),
    check ((type = 'image') = (file_id is not null))
);

-- What other modules may read: how many messages of the others wait for a person.
create view messaging.unread as
select c.subject_kind, c.subject_id, p.user_id,
       (select count(*)
          from messaging.messages m
         where m.conversation_id = c.id and m.seq > p.last_read_seq
           and m.from_user_id is distinct from p.user_id) as unread_count
  from messaging.conversations c
  join messaging.participants p on p.conversation_id = c.id;
