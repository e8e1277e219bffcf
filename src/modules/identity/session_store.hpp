#pragma once

#include "modules/identity/session.hpp"
#include "platform/pg/tx.hpp"

namespace taama::identity {

struct NewSession {
    SessionId id;
    Subject subject;
    pg::Bytes cookie_hash;
    DeviceIn device;
    std::string ip;
    std::string user_agent;
    AuthMethod method = AuthMethod::password;
    UtcTime idle_expires_at;
    UtcTime expires_at;
};
// True when this subject was never seen on this device before.
Task<bool> save_new_session(pg::Tx& tx, const NewSession& session, UtcTime now);

struct NewRefreshToken {
    Uuid id;
    SessionId session;
    pg::Bytes token_hash;
    UtcTime expires_at;
};
void save_new_refresh_token(pg::Tx& tx, const NewRefreshToken& token, UtcTime now);

// A refresh token with its session, both locked.
struct RefreshRow {
    Uuid id;
    SessionId session_id;
    UtcTime expires_at;
    bool used = false;
    SubjectKind subject_kind = SubjectKind::user;
    Uuid subject_id;
    std::optional<std::string> device_name;
    UtcTime session_expires_at;
    bool revoked = false;
};
BOOST_DESCRIBE_STRUCT(RefreshRow, (),
                      (id, session_id, expires_at, used, subject_kind, subject_id, device_name,
                       session_expires_at, revoked))
Task<std::optional<RefreshRow>> lock_refresh_token(pg::Tx& tx, const pg::Bytes& token_hash);
// The current one of the session that a cookie opens.
Task<std::optional<RefreshRow>> lock_refresh_token_of_cookie(pg::Tx& tx,
                                                             const pg::Bytes& cookie_hash,
                                                             UtcTime now);
void save_refresh_used(pg::Tx& tx, Uuid token, Uuid replaced_by, UtcTime now);
// Refreshes of the session within a minute.
Task<int> count_refreshes(pg::Tx& tx, SessionId session, UtcTime since);
void save_session_renewed(pg::Tx& tx, SessionId session, const pg::Bytes& cookie_hash,
                          UtcTime idle_expires_at, UtcTime now);

void save_auth_time(pg::Tx& tx, SessionId session, UtcTime now);
Task<std::optional<UtcTime>> find_auth_time(pg::Tx& tx, SessionId session);

// Revoking returns what was open.
struct Revocation {
    Subject subject;
    RevokedReason reason = RevokedReason::logout;
    std::optional<SessionId> only{};
    std::optional<SessionId> all_but{};
};
Task<std::vector<SessionId>> save_revoked(pg::Tx& tx, const Revocation& revocation, UtcTime now);
Task<std::optional<Subject>> find_subject_of_session(pg::Tx& tx, SessionId session);
// By refresh token or by cookie.
struct PresentedHashes {
    std::optional<pg::Bytes> refresh;
    std::optional<pg::Bytes> cookie;
};
struct PresentedSession {
    SessionId id;
    SubjectKind subject_kind = SubjectKind::user;
    Uuid subject_id;
};
BOOST_DESCRIBE_STRUCT(PresentedSession, (), (id, subject_kind, subject_id))
Task<std::vector<PresentedSession>> find_presented(pg::Tx& tx, const PresentedHashes& presented);

// --- reads ---------------------------------------------------------------------------------------

struct SessionRow {
    SessionId id;
    SessionKind kind = SessionKind::both;
    std::optional<std::string> device_name;
    DevicePlatform platform = DevicePlatform::other;
    std::optional<std::string> app_version;
    std::optional<std::string> ip;
    std::vector<AuthMethod> auth_methods;
    UtcTime created_at;
    UtcTime last_seen_at;
    UtcTime expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionRow, (),
                      (id, kind, device_name, platform, app_version, ip, auth_methods, created_at,
                       last_seen_at, expires_at))
Task<std::vector<SessionRow>> find_sessions(pg::Db& db, const Subject& subject, UtcTime now);

// What a cookie opens; the idle time starts again, written at most once a minute.
struct CookieRow {
    SessionId id;
    SubjectKind subject_kind = SubjectKind::user;
    Uuid subject_id;
    std::optional<http::Role> role;
};
BOOST_DESCRIBE_STRUCT(CookieRow, (), (id, subject_kind, subject_id, role))
struct CookieVisit {
    pg::Bytes cookie_hash;
    UtcTime now;
    UtcTime idle_expires_at;
};
Task<std::optional<CookieRow>> visit_by_cookie(pg::Db& db, const CookieVisit& visit);

}  // namespace taama::identity
