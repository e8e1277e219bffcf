#include "modules/identity/session_store.hpp"

namespace taama::identity {

PG_STATEMENT constexpr pg::Sql save_new_session_sql{"identity.save_new_session", R"sql(
    with known as (
        select exists (select from identity.sessions
                        where subject_id = $2 and device_id is not distinct from $5) as device_known
    ), saved as (
        insert into identity.sessions (id, subject_kind, subject_id, kind, cookie_hash, device_id,
                                       device_name, platform, app_version, ip, user_agent,
                                       auth_methods, auth_time, last_seen_at, idle_expires_at,
                                       expires_at, created_at, updated_at)
             values ($1, $3, $2, 'both', $4, $5, $6, $7, $8, $9::text::inet, $10, array[$11::text],
                     $12, $12, $13, $14, $12, $12)
    )
    select not device_known from known)sql"};

Task<bool> save_new_session(pg::Tx& tx, const NewSession& session, UtcTime now) {
    const auto text_of = [](const auto& field) {
        return field ? std::optional<std::string>{field->value} : std::nullopt;
    };
    const auto ip = session.ip.empty() ? std::nullopt : std::optional{session.ip};
    const pg::Rows rows = co_await tx.query(
        save_new_session_sql, session.id, session.subject.id, session.subject.kind,
        session.cookie_hash, text_of(session.device.id), text_of(session.device.name),
        session.device.platform.value_or(DevicePlatform::other),
        text_of(session.device.app_version), ip, session.user_agent, session.method, now,
        session.idle_expires_at, session.expires_at);
    co_return rows.one<bool>();
}

PG_STATEMENT constexpr pg::Sql save_new_refresh_token_sql{"identity.save_new_refresh_token", R"sql(
    insert into identity.refresh_tokens (id, session_id, token_hash, expires_at, created_at)
         values ($1, $2, $3, $4, $5))sql"};

void save_new_refresh_token(pg::Tx& tx, const NewRefreshToken& token, UtcTime now) {
    tx.enqueue(save_new_refresh_token_sql, token.id, token.session, token.token_hash,
               token.expires_at, now);
}

// Both rows are locked: whoever waited sees the token as the winner left it.
PG_STATEMENT constexpr pg::Sql lock_refresh_token_sql{"identity.lock_refresh_token", R"sql(
    select r.id, r.session_id, r.expires_at, r.used_at is not null as used, s.subject_kind,
           s.subject_id, s.device_name, s.expires_at as session_expires_at,
           s.revoked_at is not null as revoked
      from identity.refresh_tokens r join identity.sessions s on s.id = r.session_id
     where r.token_hash = $1
       for update of s, r)sql"};

Task<std::optional<RefreshRow>> lock_refresh_token(pg::Tx& tx, const pg::Bytes& token_hash) {
    const pg::Rows rows = co_await tx.query(lock_refresh_token_sql, token_hash);
    co_return rows.at_most_one<RefreshRow>();
}

PG_STATEMENT constexpr pg::Sql lock_refresh_token_of_cookie_sql{
    "identity.lock_refresh_token_of_cookie", R"sql(
    select r.id, r.session_id, r.expires_at, r.used_at is not null as used, s.subject_kind,
           s.subject_id, s.device_name, s.expires_at as session_expires_at,
           s.revoked_at is not null as revoked
      from identity.sessions s join identity.refresh_tokens r on r.session_id = s.id
     where s.cookie_hash = $1 and s.idle_expires_at > $2 and r.used_at is null
       for update of s, r)sql"};

Task<std::optional<RefreshRow>> lock_refresh_token_of_cookie(pg::Tx& tx,
                                                             const pg::Bytes& cookie_hash,
                                                             UtcTime now) {
    const pg::Rows rows = co_await tx.query(lock_refresh_token_of_cookie_sql, cookie_hash, now);
    co_return rows.at_most_one<RefreshRow>();
}

PG_STATEMENT constexpr pg::Sql save_refresh_used_sql{"identity.save_refresh_used", R"sql(
    update identity.refresh_tokens
       set used_at = $3, replaced_by = $2
     where id = $1 and used_at is null)sql"};

void save_refresh_used(pg::Tx& tx, Uuid token, Uuid replaced_by, UtcTime now) {
    tx.enqueue_one(save_refresh_used_sql, token, replaced_by, now);
}

PG_STATEMENT constexpr pg::Sql count_refreshes_sql{"identity.count_refreshes", R"sql(
    select count(*) from identity.refresh_tokens where session_id = $1 and created_at > $2)sql"};

Task<int> count_refreshes(pg::Tx& tx, SessionId session, UtcTime since) {
    const pg::Rows rows = co_await tx.query(count_refreshes_sql, session, since);
    co_return rows.one<int>();
}

PG_STATEMENT constexpr pg::Sql save_session_renewed_sql{"identity.save_session_renewed", R"sql(
    update identity.sessions
       set cookie_hash = $2, idle_expires_at = $3, last_seen_at = $4, updated_at = $4
     where id = $1)sql"};

void save_session_renewed(pg::Tx& tx, SessionId session, const pg::Bytes& cookie_hash,
                          UtcTime idle_expires_at, UtcTime now) {
    tx.enqueue_one(save_session_renewed_sql, session, cookie_hash, idle_expires_at, now);
}

PG_STATEMENT constexpr pg::Sql save_auth_time_sql{"identity.save_auth_time", R"sql(
    update identity.sessions set auth_time = $2, updated_at = $2 where id = $1)sql"};

void save_auth_time(pg::Tx& tx, SessionId session, UtcTime now) {
    tx.enqueue(save_auth_time_sql, session, now);
}

PG_STATEMENT constexpr pg::Sql find_auth_time_sql{"identity.find_auth_time", R"sql(
    select auth_time from identity.sessions where id = $1)sql"};

Task<std::optional<UtcTime>> find_auth_time(pg::Tx& tx, SessionId session) {
    const pg::Rows rows = co_await tx.query(find_auth_time_sql, session);
    co_return rows.at_most_one<UtcTime>();
}

PG_STATEMENT constexpr pg::Sql save_revoked_sql{"identity.save_revoked", R"sql(
    update identity.sessions
       set revoked_at = $3, revoked_reason = $4, updated_at = $3
     where subject_kind = $1 and subject_id = $2 and revoked_at is null
       and ($5::uuid is null or id = $5) and ($6::uuid is null or id <> $6)
 returning id)sql"};

Task<std::vector<SessionId>> save_revoked(pg::Tx& tx, const Revocation& revocation, UtcTime now) {
    const pg::Rows rows =
        co_await tx.query(save_revoked_sql, revocation.subject.kind, revocation.subject.id, now,
                          revocation.reason, revocation.only, revocation.all_but);
    co_return rows.all<SessionId>();
}

PG_STATEMENT constexpr pg::Sql find_subject_of_session_sql{"identity.find_subject_of_session",
                                                           R"sql(
    select subject_kind, subject_id from identity.sessions where id = $1)sql"};

Task<std::optional<Subject>> find_subject_of_session(pg::Tx& tx, SessionId session) {
    const pg::Rows rows = co_await tx.query(find_subject_of_session_sql, session);
    if (rows.empty()) co_return std::nullopt;
    co_return Subject{rows[0].get<SubjectKind>(0), rows[0].get<Uuid>(1)};
}

PG_STATEMENT constexpr pg::Sql find_presented_sql{"identity.find_presented", R"sql(
    select id, subject_kind, subject_id from identity.sessions
     where cookie_hash = $2 and revoked_at is null
    union
    select s.id, s.subject_kind, s.subject_id
      from identity.refresh_tokens r join identity.sessions s on s.id = r.session_id
     where r.token_hash = $1 and s.revoked_at is null)sql"};

Task<std::vector<PresentedSession>> find_presented(pg::Tx& tx, const PresentedHashes& presented) {
    const pg::Rows rows =
        co_await tx.query(find_presented_sql, presented.refresh, presented.cookie);
    co_return rows.all<PresentedSession>();
}

PG_STATEMENT constexpr pg::Sql find_sessions_sql{"identity.find_sessions", R"sql(
    select id, kind, device_name, platform, app_version, host(ip) as ip, auth_methods, created_at,
           last_seen_at, expires_at
      from identity.sessions
     where subject_id = $1 and subject_kind = $2 and revoked_at is null and expires_at > $3
     order by last_seen_at desc, id
     limit 200)sql"};

Task<std::vector<SessionRow>> find_sessions(pg::Db& db, const Subject& subject, UtcTime now) {
    const pg::Rows rows = co_await db.query(find_sessions_sql, subject.id, subject.kind, now);
    co_return rows.all<SessionRow>();
}

PG_STATEMENT constexpr pg::Sql visit_by_cookie_sql{"identity.visit_by_cookie", R"sql(
    with found as (
        select s.id, s.subject_kind, s.subject_id, p.role
          from identity.sessions s
          left join identity.staff p on s.subject_kind = 'staff' and p.id = s.subject_id
                                    and p.is_active and p.deleted_at is null
         where s.cookie_hash = $1 and s.revoked_at is null and s.expires_at > $2
           and s.idle_expires_at > $2
           and (s.subject_kind = 'user' or p.id is not null)
    ), seen as (
        update identity.sessions s
           set last_seen_at = $2, idle_expires_at = $3
          from found
         where s.id = found.id and s.last_seen_at < $2::timestamptz - interval '1 minute'
    )
    select id, subject_kind, subject_id, role from found)sql"};

Task<std::optional<CookieRow>> visit_by_cookie(pg::Db& db, const CookieVisit& visit) {
    const pg::Rows rows =
        co_await db.query(visit_by_cookie_sql, visit.cookie_hash, visit.now, visit.idle_expires_at);
    co_return rows.at_most_one<CookieRow>();
}

}  // namespace taama::identity
