#include "modules/identity/me_view.hpp"

#include <algorithm>

#include "modules/identity/deps.hpp"
#include "modules/settings/operator_settings.hpp"

namespace taama::identity {

namespace {

struct MeRow {
    AccountId id;
    std::optional<std::string> phone;
    std::optional<std::string> email;
    std::string first_name;
    std::string last_name;
    std::optional<Gender> gender;
    std::optional<Date> birthdate;
    std::optional<FileId> photo_file_id;
    std::vector<PersonRole> roles;
    bool phone_verified = false;
    bool email_verified = false;
    AccountStatus status = AccountStatus::active;
    Language language = Language::fr;
    boost::json::value preferences;
    std::int64_t driver_sum = 0;
    std::int64_t driver_count = 0;
    std::int64_t passenger_sum = 0;
    std::int64_t passenger_count = 0;
    std::string referral_code;
    int kyc_tier = 0;
    KycState kyc_status = KycState::none;
    bool has_password = false;
    bool names_locked = false;
    std::optional<SessionKind> session_kind;
    std::optional<UtcTime> auth_time;
    std::optional<UtcTime> session_expires_at;
    UtcTime created_at;
    UtcTime updated_at;
};
BOOST_DESCRIBE_STRUCT(MeRow, (),
                      (id, phone, email, first_name, last_name, gender, birthdate, photo_file_id,
                       roles, phone_verified, email_verified, status, language, preferences,
                       driver_sum, driver_count, passenger_sum, passenger_count, referral_code,
                       kyc_tier, kyc_status, has_password, names_locked, session_kind, auth_time,
                       session_expires_at, created_at, updated_at))

PG_STATEMENT constexpr pg::Sql find_me_sql{"identity.find_me", R"sql(
    select a.id, a.phone, a.email, a.first_name, a.last_name, a.gender, a.birthdate, a.photo_file_id,
           a.roles, a.phone_verified_at is not null as phone_verified,
           a.email_verified_at is not null as email_verified, a.status, a.language, a.preferences,
           coalesce(d.sum, 0) as driver_sum, coalesce(d.count, 0) as driver_count,
           coalesce(p.sum, 0) as passenger_sum, coalesce(p.count, 0) as passenger_count,
           a.referral_code, a.kyc_tier, coalesce(k.status, 'none') as kyc_status,
           a.password_hash is not null as has_password, a.names_locked,
           s.kind as session_kind, s.auth_time, s.expires_at as session_expires_at,
           a.created_at, a.updated_at
      from identity.accounts a
      left join identity.account_ratings d on d.account_id = a.id and d.role = 'driver'
      left join identity.account_ratings p on p.account_id = a.id and p.role = 'passenger'
      left join identity.sessions s on s.id = $2
      left join lateral (
          select case when k.status in ('expired', 'superseded') then 'none' else k.status end as status
            from identity.kyc_documents k
           where k.account_id = a.id and k.status <> 'superseded'
           order by (k.status = 'pending') desc, (k.status = 'approved') desc, k.created_at desc
           limit 1) k on true
     where a.id = $1 and a.status <> 'closed')sql"};

RatingView to_rating(std::int64_t sum, std::int64_t count) {
    return {rating_average(sum, count), count};
}

UserType to_user_type(const std::vector<PersonRole>& roles) {
    const auto has = [&](PersonRole role) { return std::ranges::find(roles, role) != roles.end(); };
    if (has(PersonRole::driver)) return UserType::driver;
    return has(PersonRole::store_owner) ? UserType::store_owner : UserType::client;
}

// `row` may have found no session.
template <class Row>
std::optional<OwnSession> to_own_session(const Deps& deps, const Row& row, const Seer& seer) {
    if (!row.session_kind) return std::nullopt;
    return OwnSession{
        seer.session, *row.session_kind,
        seer.by_cookie ? std::optional{deps.secrets.csrf_token(seer.session)} : std::nullopt,
        *row.auth_time, *row.session_expires_at};
}

MeView to_view(const Deps& deps, MeRow row, Seer seer) {
    MeView view;
    view.id = row.id;
    view.phone = std::move(row.phone);
    view.email = std::move(row.email);
    view.full_name = full_name_of(row.first_name, row.last_name);
    view.first_name = std::move(row.first_name);
    view.last_name = std::move(row.last_name);
    view.gender = row.gender;
    view.birthdate = row.birthdate;
    if (row.photo_file_id) {
        view.photo_url = deps.file_urls.media(*row.photo_file_id, "medium");
        view.photo_thumb_url = deps.file_urls.media(*row.photo_file_id, "thumb");
    }
    view.user_type = to_user_type(row.roles);
    view.is_driver = view.user_type == UserType::driver;
    view.roles = std::move(row.roles);
    view.is_active = row.status == AccountStatus::active;
    view.is_phone_verified = row.phone_verified;
    view.is_email_verified = row.email_verified;
    view.status = row.status;
    view.language = row.language;
    view.preferences = row.preferences.as_object();
    view.ratings = {to_rating(row.driver_sum, row.driver_count),
                    to_rating(row.passenger_sum, row.passenger_count)};
    view.rating_count = row.driver_count + row.passenger_count;
    view.rating_avg = rating_average(row.driver_sum + row.passenger_sum, view.rating_count);
    view.referral_code = std::move(row.referral_code);
    view.kyc = {row.kyc_tier, row.kyc_status};
    view.has_password = row.has_password;
    view.names_locked = row.names_locked;
    view.session = to_own_session(deps, row, seer);
    view.created_at = row.created_at;
    view.updated_at = row.updated_at;
    return view;
}

struct StaffRow {
    StaffId id;
    std::string username;
    std::optional<std::string> email;
    std::string full_name;
    http::Role role = http::Role::support;
    bool is_active = true;
    bool must_change_password = false;
    std::vector<Uuid> orgs;
    Language language = Language::fr;
    std::optional<UtcTime> last_login_at;
    std::optional<SessionKind> session_kind;
    std::optional<UtcTime> auth_time;
    std::optional<UtcTime> session_expires_at;
    UtcTime created_at;
    UtcTime updated_at;
};
BOOST_DESCRIBE_STRUCT(StaffRow, (),
                      (id, username, email, full_name, role, is_active, must_change_password, orgs,
                       language, last_login_at, session_kind, auth_time, session_expires_at,
                       created_at, updated_at))

PG_STATEMENT constexpr pg::Sql find_staff_view_sql{"identity.find_staff_view", R"sql(
    select p.id, p.username, p.email, p.full_name, p.role, p.is_active, p.must_change_password,
           array(select o.org_id from identity.staff_orgs o where o.staff_id = p.id order by 1) as orgs,
           p.language, p.last_login_at, s.kind as session_kind, s.auth_time,
           s.expires_at as session_expires_at, p.created_at, p.updated_at
      from identity.staff p
      left join identity.sessions s on s.id = $2
     where p.id = $1 and p.deleted_at is null)sql"};

StaffView to_view(const Deps& deps, StaffRow row, Seer seer) {
    StaffView view;
    view.id = row.id;
    view.username = std::move(row.username);
    view.email = std::move(row.email);
    view.full_name = std::move(row.full_name);
    view.role = row.role;
    view.is_active = row.is_active;
    const auto required = deps.settings.get(settings::mfa_required_roles);
    view.mfa_required = std::ranges::find(required, boost::describe::enum_to_string(
                                                        row.role, "")) != required.end();
    view.must_change_password = row.must_change_password;
    view.orgs = std::move(row.orgs);
    view.language = row.language;
    if (deps.permissions_of) view.permissions = deps.permissions_of(row.role);
    view.last_login_at = row.last_login_at;
    view.session = to_own_session(deps, row, seer);
    view.created_at = row.created_at;
    view.updated_at = row.updated_at;
    return view;
}

}  // namespace

std::string full_name_of(std::string_view first_name, std::string_view last_name) {
    std::string name{first_name};
    if (!name.empty() && !last_name.empty()) name += ' ';
    name += last_name;
    return name;
}

Task<std::optional<MeView>> find_me(const Deps& deps, pg::Db& db, AccountId user, Seer seer) {
    const pg::Rows rows = co_await db.query(find_me_sql, user, seer.session);
    if (rows.empty()) co_return std::nullopt;
    co_return to_view(deps, rows.one<MeRow>(), seer);
}

Task<MeView> find_me(const Deps& deps, pg::Tx& tx, AccountId user, Seer seer) {
    const pg::Rows rows = co_await tx.query(find_me_sql, user, seer.session);
    co_return to_view(deps, rows.one<MeRow>(), seer);
}

Task<std::optional<StaffView>> find_staff_view(const Deps& deps, pg::Db& db, StaffId staff,
                                               Seer seer) {
    const pg::Rows rows = co_await db.query(find_staff_view_sql, staff, seer.session);
    if (rows.empty()) co_return std::nullopt;
    co_return to_view(deps, rows.one<StaffRow>(), seer);
}

Task<StaffView> find_staff_view(const Deps& deps, pg::Tx& tx, StaffId staff, Seer seer) {
    const pg::Rows rows = co_await tx.query(find_staff_view_sql, staff, seer.session);
    co_return to_view(deps, rows.one<StaffRow>(), seer);
}

}  // namespace taama::identity
