#include "modules/identity/metrics.hpp"

#include "modules/identity/code.hpp"
#include "modules/identity/session.hpp"
#include "platform/telemetry/instruments.hpp"

namespace taama::identity {

namespace {

using telemetry::label_of;

constexpr Seconds often{5};
constexpr Seconds seldom{60};  // reads all open sessions
constexpr double review_buckets[] = {60, 300, 900, 3600, 14400, 43200, 86400, 172800, 604800};

PG_STATEMENT constexpr pg::Sql read_waiting_documents_sql{"identity.read_waiting_documents",
                                                          R"sql(
    select 'kyc_pending' as gauge, '' as word, count(*)::float8 as value
      from identity.kyc_documents
     where status = 'pending' and created_at <= $1)sql"};

PG_STATEMENT constexpr pg::Sql read_open_sessions_sql{"identity.read_open_sessions", R"sql(
    select 'sessions_active' as gauge, subject_kind as word, count(*)::float8 as value
      from identity.sessions
     where revoked_at is null and expires_at > $1
     group by subject_kind)sql"};

void add_logins(telemetry::Instruments& instruments) {
    const auto logins = instruments.counters(
        "auth_logins_total", "Sign-ins, and passwords that were refused; nobody: unknown names",
        {{"kind", {"user", "staff", "nobody"}},
         {"result", {"ok", "wrong_password", "locked", "not_active"}}});
    instruments.count("session.created", logins,
                      {.words = {{"result", "ok"}}, .details = {{"kind", "subject_kind"}}});
    instruments.count("password.refused", logins);
    instruments.count(
        "password.locked_out",
        instruments.counters("auth_lockouts_total", "Names locked after too many wrong passwords"));
    instruments.count(
        "session.reuse_detected",
        instruments.counters("refresh_reuse_total", "Refresh tokens that were used a second time"));
    instruments.read(
        read_open_sessions_sql, seldom,
        {{"sessions_active", "Sessions that are open", {label_of<SubjectKind>("kind")}}});
}

void add_codes(telemetry::Instruments& instruments) {
    instruments.count(
        "otp.requested",
        instruments.counters("otp_sent_total", "One-time codes that were sent",
                             {label_of<CodePurpose>("purpose"), label_of<Channel>("channel")}));
    instruments.count("otp.answered",
                      instruments.counters("otp_verified_total", "Answers to one-time codes",
                                           {label_of<CodePurpose>("purpose"),
                                            {"result", {"right", "wrong", "expired", "blocked"}}}));
}

void add_documents(telemetry::Instruments& instruments) {
    const auto decisions =
        instruments.counters("kyc_decisions_total", "What became of documents of identity",
                             {{"result", {"approved", "rejected", "revoked", "expired"}}});
    instruments.count("kyc.reviewed", decisions);
    instruments.count("kyc.revoked", decisions, {.words = {{"result", "revoked"}}});
    instruments.count("kyc.expired", decisions, {.words = {{"result", "expired"}}});
    instruments.observe(
        "kyc.reviewed",
        instruments.histograms("kyc_review_seconds", "From a document's submission to its decision",
                               {}, review_buckets),
        "seconds");
    instruments.read(read_waiting_documents_sql, often,
                     {{"kyc_pending", "Documents that wait for a reviewer"}});
}

}  // namespace

void add_metrics(telemetry::Instruments& instruments) {
    add_logins(instruments);
    add_codes(instruments);
    add_documents(instruments);
}

}  // namespace taama::identity
