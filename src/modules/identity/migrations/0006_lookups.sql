-- Whether a device is new to a person is asked of ended sessions, too.
drop index identity.sessions_subject;
create index sessions_subject on identity.sessions (subject_id);

-- Who showed a paper before, whatever became of it.
create index kyc_documents_shown on identity.kyc_documents (doc_number_bidx);
