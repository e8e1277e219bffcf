create table identity.kyc_documents (
    id                 uuid primary key default gen_random_uuid(),
    account_id         uuid not null references identity.accounts,
    doc_type           text not null check (doc_type in (
        'cni', 'passport', 'residence_permit', 'permis', 'rccm', 'tax_certificate')),
    country            char(2) not null,
    doc_number_sealed  bytea not null,
    doc_number_bidx    bytea not null check (octet_length(doc_number_bidx) = 32),
    doc_number_last4   text not null,
    front_file_id      uuid not null references files.files,
    back_file_id       uuid references files.files,
    selfie_file_id     uuid references files.files,
    issued_on          date,
    expires_on         date,
    status             text not null default 'pending' check (status in (
        'pending', 'approved', 'rejected', 'superseded', 'expired')),
    reject_reason      text check (reject_reason in (
        'unreadable', 'expired', 'mismatch', 'wrong_type', 'incomplete', 'suspected_fraud', 'other')),
    notes              text,
    reviewed_by        uuid,
    reviewed_at        timestamptz,
    duplicate_of       uuid references identity.kyc_documents,
    -- the marks of `kyc.expiring` that were told: 30 and 7 days before
    told_days          smallint[] not null default '{}',
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    check (status <> 'rejected' or (reject_reason is not null and notes is not null)),
    check (status not in ('approved', 'rejected') or reviewed_by is not null)
);
create unique index kyc_documents_one_pending on identity.kyc_documents (account_id, doc_type)
    where status = 'pending';
create unique index kyc_documents_one_approved on identity.kyc_documents (account_id, doc_type)
    where status = 'approved';
create unique index kyc_documents_number on identity.kyc_documents (doc_number_bidx)
    where status = 'approved';
create index kyc_documents_waiting on identity.kyc_documents (created_at) where status = 'pending';
create index kyc_documents_expires on identity.kyc_documents (expires_on) where status = 'approved';
create index kyc_documents_account on identity.kyc_documents (account_id, created_at);
create index kyc_documents_created on identity.kyc_documents (created_at);
