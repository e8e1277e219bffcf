create table identity.staff (
    id                    uuid primary key default gen_random_uuid(),
    username              text not null check (username ~ '^[a-z0-9._-]{3,60}$'),
    email                 text check (char_length(email) <= 254),
    password_hash         text,
    full_name             text not null check (char_length(full_name) between 1 and 120),
    role                  text not null check (role in (
        'super', 'ops', 'support', 'finance', 'compliance', 'rental_admin', 'rental_manager',
        'fleet_viewer')),
    is_active             boolean not null default true,
    language              text not null default 'fr' check (language in ('fr', 'en')),
    must_change_password  boolean not null default false,
    last_login_at         timestamptz,
    created_by            uuid references identity.staff,
    legacy_id             text,
    deleted_at            timestamptz,
    created_at            timestamptz not null,
    updated_at            timestamptz not null
);
create unique index staff_username on identity.staff (lower(username)) where deleted_at is null;
create unique index staff_email on identity.staff (lower(email)) where deleted_at is null;

create table identity.staff_orgs (
    staff_id  uuid not null references identity.staff,
    org_id    uuid not null,
    primary key (staff_id, org_id)
);

alter table identity.kyc_documents
    add constraint kyc_documents_reviewer foreign key (reviewed_by) references identity.staff;
