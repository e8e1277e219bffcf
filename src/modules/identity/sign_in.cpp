#include "modules/identity/sign_in.hpp"

#include "modules/identity/account_store.hpp"
#include "modules/identity/identity_settings.hpp"
#include "modules/identity/revoked_sessions.hpp"
#include "modules/identity/session_store.hpp"
#include "platform/crypto/random.hpp"
#include "platform/events/events.hpp"
#include "platform/http/authenticator.hpp"

namespace taama::identity {

namespace {

constexpr std::size_t token_bytes = 32;

Seconds access_life(const Deps& deps, SubjectKind kind) {
    return std::chrono::minutes{deps.settings.get(
        kind == SubjectKind::staff ? staff_access_ttl_minutes : access_ttl_minutes)};
}

Seconds refresh_life(const Deps& deps, SubjectKind kind) {
    return kind == SubjectKind::staff
               ? Seconds{std::chrono::hours{deps.settings.get(staff_refresh_ttl_hours)}}
               : Seconds{std::chrono::days{deps.settings.get(refresh_ttl_days)}};
}

void set_cookie(const Deps& deps, http::Context& context, std::string_view value, Seconds life) {
    const bool secure = context.request.secure || !deps.dev_mode;
    context.response_headers.emplace_back(
        "Set-Cookie", fmt::format("{}={}; HttpOnly; {}SameSite=Lax; Path=/; Max-Age={}",
                                  http::Authenticator::cookie_name, value, secure ? "Secure; " : "",
                                  life.count()));
    context.response_headers.emplace_back("Cache-Control", "no-store");
}

struct Fresh {
    std::string refresh = "rt_" + crypto::random_token(token_bytes);
    std::string cookie = "cs_" + crypto::random_token(token_bytes);
};

struct Issue {
    SessionId session;
    Subject subject;
    std::vector<std::string> roles;
    Uuid refresh_id;
    UtcTime session_expires_at;
};

// Writes the refresh token and answers everything that proves the session.
Tokens issue_tokens(const Deps& deps, pg::Tx& tx, http::Context& context, const Issue& issue,
                    const Fresh& fresh) {
    const UtcTime now = context.now;
    const SubjectKind kind = issue.subject.kind;
    const UtcTime refresh_expires_at =
        std::min<UtcTime>(now + refresh_life(deps, kind), issue.session_expires_at);
    save_new_refresh_token(tx,
                           {.id = issue.refresh_id,
                            .session = issue.session,
                            .token_hash = deps.secrets.hash("refresh", fresh.refresh),
                            .expires_at = refresh_expires_at},
                           now);
    set_cookie(deps, context, fresh.cookie,
               std::chrono::hours{deps.settings.get(cookie_idle_hours)});

    const auto issued_at = std::chrono::floor<Seconds>(now);
    Tokens tokens;
    tokens.access_token = deps.token_signer.issue(
        {.audience = kind == SubjectKind::staff ? crypto::Audience::staff : crypto::Audience::user,
         .subject = issue.subject.id,
         .session = issue.session,
         .roles = issue.roles,
         .token_id = Uuid::make(),
         .issued_at = issued_at,
         .expires_at = issued_at + access_life(deps, kind)});
    tokens.expires_in = access_life(deps, kind).count();
    tokens.refresh_token = fresh.refresh;
    tokens.refresh_expires_in = std::chrono::floor<Seconds>(refresh_expires_at - now).count();
    tokens.session_id = issue.session;
    tokens.csrf_token = deps.secrets.csrf_token(issue.session);
    return tokens;
}

}  // namespace

Task<Tokens> open_session(const Deps& deps, pg::Tx& tx, http::Context& context, SignIn sign_in) {
    const UtcTime now = context.now;
    const Fresh fresh;
    NewSession session;
    session.id = SessionId::make();
    session.subject = sign_in.subject;
    session.cookie_hash = deps.secrets.hash("cookie", fresh.cookie);
    session.device = std::move(sign_in.device).value_or(DeviceIn{});
    session.ip = context.request.remote_ip;
    session.user_agent = audit::user_agent_of(context.request);
    session.method = sign_in.method;
    session.idle_expires_at = now + std::chrono::hours{deps.settings.get(cookie_idle_hours)};
    session.expires_at = now + std::chrono::days{deps.settings.get(session_max_days)};
    const bool new_device = co_await save_new_session(tx, session, now);
    const Tokens tokens = issue_tokens(deps, tx, context,
                                       {.session = session.id,
                                        .subject = session.subject,
                                        .roles = std::move(sign_in.roles),
                                        .refresh_id = Uuid::make(),
                                        .session_expires_at = session.expires_at},
                                       fresh);
    events::emit(tx, "session.created",
                 {{"subject_kind", boost::describe::enum_to_string(session.subject.kind, "")},
                  {"subject_id", session.subject.id.to_string()},
                  {"session_id", session.id.to_string()},
                  {"device_name", session.device.name ? session.device.name->value : ""},
                  {"ip", session.ip},
                  {"new_device", new_device}},
                 now);
    co_return tokens;
}

Task<UserTokens> sign_in_person(const Deps& deps, pg::Tx& tx, http::Context& context,
                                PersonSignIn sign_in) {
    save_login(tx, sign_in.account, context.now);
    MeView me = co_await find_me(deps, tx, sign_in.account, {});
    UserTokens answer;
    static_cast<Tokens&>(answer) = co_await open_session(deps, tx, context,
                                                         {.subject = Subject::user(sign_in.account),
                                                          .roles = role_words(me.roles),
                                                          .method = sign_in.method,
                                                          .device = std::move(sign_in.device)});
    answer.is_new = sign_in.is_new;
    answer.user = std::move(me);
    answer.user.session = new_session_view(deps, answer, context.now);
    co_return answer;
}

OwnSession new_session_view(const Deps& deps, const Tokens& tokens, UtcTime now) {
    return {.id = tokens.session_id,
            .kind = SessionKind::both,
            .csrf_token = std::nullopt,
            .auth_time = now,
            .expires_at = now + std::chrono::days{deps.settings.get(session_max_days)}};
}

Tokens renew_session(const Deps& deps, pg::Tx& tx, http::Context& context, const Renewal& renewal) {
    const Fresh fresh;
    const std::chrono::hours idle{deps.settings.get(cookie_idle_hours)};
    save_session_renewed(tx, renewal.session, deps.secrets.hash("cookie", fresh.cookie),
                         context.now + idle, context.now);
    return issue_tokens(deps, tx, context,
                        {.session = renewal.session,
                         .subject = renewal.subject,
                         .roles = renewal.roles,
                         .refresh_id = renewal.refresh_id,
                         .session_expires_at = renewal.session_expires_at},
                        fresh);
}

void clear_cookie(const Deps& deps, http::Context& context) {
    set_cookie(deps, context, "", Seconds{0});
}

std::optional<std::string> session_cookie(const http::Request& request) {
    std::string_view header = request.header("Cookie");
    while (!header.empty()) {
        const auto end = header.find(';');
        std::string_view pair = header.substr(0, end);
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (const auto equals = pair.find('=');
            equals != std::string_view::npos &&
            pair.substr(0, equals) == http::Authenticator::cookie_name)
            return std::string{pair.substr(equals + 1)};
        if (end == std::string_view::npos) break;
        header.remove_prefix(end + 1);
    }
    return std::nullopt;
}

void announce_revoked(const Deps& deps, pg::Tx& tx, std::vector<SessionId> sessions) {
    if (sessions.empty()) return;
    tx.after_commit([&revoked = deps.revoked_sessions, sessions = std::move(sessions)] {
        for (const SessionId session : sessions) revoked.add(session);
    });
}

std::vector<std::string> role_words(const std::vector<PersonRole>& roles) {
    std::vector<std::string> words;
    for (const PersonRole role : roles)
        words.emplace_back(boost::describe::enum_to_string(role, ""));
    return words;
}

}  // namespace taama::identity
