create schema if not exists files;

create table files.files (
    id                 uuid primary key default gen_random_uuid(),
    owner_kind         text not null check (owner_kind in ('user', 'staff', 'system')),
    owner_id           uuid,
    purpose            text not null check (purpose in (
        'avatar', 'kyc', 'vehicle_photo', 'car_image', 'store_logo', 'store_cover', 'product_image',
        'address_photo', 'message_image', 'dispute_evidence', 'delivery_proof', 'handover_photo',
        'fuel_receipt', 'vehicle_document', 'store_document', 'import_csv', 'export')),
    visibility         text not null check (visibility in ('public', 'private')),
    status             text not null default 'requested' check (status in (
        'requested', 'processing', 'ready', 'rejected', 'expired', 'deleted')),
    name               text,
    content_type       text not null,
    declared_size      bigint not null check (declared_size > 0),
    declared_sha256    bytea check (octet_length(declared_sha256) = 32),
    size               bigint,
    sha256             bytea check (octet_length(sha256) = 32),
    width              int,
    height             int,
    storage_key        text not null unique,
    -- name of the variant -> {"content_type", "size", "width", "height"}
    variants           jsonb not null default '{}',
    attached_kind      text,
    attached_id        uuid,
    failure            text,
    upload_expires_at  timestamptz not null,
    uploaded_at        timestamptz,
    ready_at           timestamptz,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    check ((attached_kind is null) = (attached_id is null)),
    check (owner_kind = 'system' or owner_id is not null)
);

-- Uploads that wait, per owner (at most 20) and for the sweep.
create index files_open on files.files (owner_id, created_at) where status in ('requested', 'processing');
create index files_unattached on files.files (ready_at) where status = 'ready' and attached_id is null;
create index files_attached on files.files (attached_kind, attached_id) where attached_id is not null;
