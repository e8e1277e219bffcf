#include "modules/identity/routes.hpp"

#include "modules/identity/auth_config.hpp"
#include "modules/identity/change_password.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/kyc_review.hpp"
#include "modules/identity/login.hpp"
#include "modules/identity/logout.hpp"
#include "modules/identity/own_sessions.hpp"
#include "modules/identity/profile.hpp"
#include "modules/identity/rating_copy.hpp"
#include "modules/identity/reauth.hpp"
#include "modules/identity/refresh.hpp"
#include "modules/identity/register.hpp"
#include "modules/identity/send_otp.hpp"
#include "modules/identity/staff_accounts.hpp"
#include "modules/identity/upkeep.hpp"
#include "modules/identity/verify_otp.hpp"

namespace taama::identity {

namespace {

constexpr http::RateClass login_class{"login", 30, Seconds{60}, http::RateClass::By::ip};
constexpr http::RateClass auth_class{"auth", 10, Seconds{60}, http::RateClass::By::ip};

constexpr http::ConstraintRefusal constraint_refusals[] = {
    {"accounts_phone_key", &errors::already_exists},
    {"accounts_email_norm_key", &errors::already_exists},
    {"kyc_documents_one_pending", &errors::invalid_state},
    {"kyc_documents_one_approved", &errors::invalid_state},
    {"kyc_documents_number", &errors::already_exists},
};

using Routes = http::Routes<Deps>;

void add_code_routes(Routes& routes) {
    routes.post("/auth/register", register_person)
        .summary("Register with a phone number or an e-mail address")
        .rate(auth_class)
        .sealed_replay();
    routes.post("/auth/otp/send", send_otp)
        .alias("/auth/send-otp")
        .summary("Send a one-time code")
        .sealed_replay();
    routes.post("/auth/otp/verify", verify_otp)
        .alias("/auth/verify-otp")
        .summary("Prove a contact with its code")
        .sealed_replay();
    routes.post("/auth/email/verify", verify_email)
        .summary("Prove an e-mail address with the mailed link or code")
        .sealed_replay();
}

void add_login_routes(Routes& routes) {
    routes.post("/auth/login", login)
        .summary("Sign in with a password")
        .rate(login_class)
        .sealed_replay();
    routes.post("/admin/login", admin_login)
        .summary("Sign in as staff")
        .rate(login_class)
        .sealed_replay();
    routes.post("/auth/token/refresh", refresh_session)
        .alias("/auth/refresh")
        .summary("The next tokens of a session")
        .sealed_replay();
    routes.post("/auth/logout", logout).summary("Close what was presented").key_ignored();
    routes.post("/auth/reauth", reauthenticate)
        .summary("Confirm who you are with your password")
        .rate(login_class)
        .key_ignored();
    routes.post("/auth/password/forgot", forgot_password)
        .summary("Send a code for a new password")
        .sealed_replay();
    routes.post("/auth/password/reset", reset_password)
        .summary("Set a new password with a code, a token or the mailed link")
        .rate(auth_class)
        .sealed_replay();
    routes.get("/auth/config", get_auth_config).summary("What an app needs before signing in");
}

void add_profile_routes(Routes& routes) {
    routes.get("/me", get_me)
        .alias("/users/me")
        .alias("/auth/me")
        .alias("/auth/status")
        .summary("The signed-in person or staff member");
    routes.patch("/me", patch_own).alias("/users/me").summary("Change one's profile");
    routes.put("/users/me", patch_own).summary("Change one's profile");
    routes.get("/users/{id}", get_public_profile).summary("A person as others see them");
    routes.put("/me/password", change_password).summary("Change one's password");
    routes.get("/me/sessions", list_sessions).summary("Open sessions");
    routes.del("/me/sessions", close_other_sessions).summary("Close all other sessions");
    routes.del("/me/sessions/{id}", close_session).summary("Close a session");
}

void add_kyc_routes(Routes& routes) {
    routes.post("/me/kyc", submit_document).alias("/users/me/kyc").summary("Submit a document");
    routes.get("/me/kyc", get_kyc).alias("/me/kyc/status").summary("Documents and tier");
    routes.get("/admin/kyc", list_documents).summary("Documents of all people");
    routes.get("/admin/kyc/pending", list_pending_documents).summary("Documents to review");
    routes.get("/admin/kyc/{id}", get_document).summary("A document with its number and pictures");
    routes.post("/admin/kyc/{id}/approve", approve_document).summary("Approve a document");
    routes.post("/admin/kyc/{id}/reject", reject_document).summary("Reject a document");
    routes.post("/admin/kyc/{id}/revoke", revoke_document).summary("Withdraw an approval");
}

}  // namespace

const std::span<const http::ConstraintRefusal> constraints{constraint_refusals};

void add_routes(http::Operations& operations, const Deps& deps) {
    Routes routes{operations, "identity", deps};
    add_code_routes(routes);
    add_login_routes(routes);
    add_profile_routes(routes);
    add_kyc_routes(routes);
    if (deps.dev_mode)
        routes.post("/auth/create_test_user", create_test_user)
            .summary("Make a staff account")
            .camel_case()
            .hidden();
}

void add_jobs(jobs::Registry& registry, const Deps& deps) {
    registry.schedule("identity.cleanup", jobs::Every{std::chrono::hours{1}},
                      [&deps] { return clean_up(deps); });
    registry.schedule("identity.kyc_expiry", jobs::Daily{.hour = 3, .minute = 0},
                      [&deps] { return expire_documents(deps); });
    registry.schedule("identity.reactivate", jobs::Every{std::chrono::minutes{5}},
                      [&deps] { return reactivate_accounts(deps); });
}

void add_consumers(events::Registry& registry) {
    registry.on({.name = "identity.ratings",
                 .events = {"rating.changed"},
                 .handle = events::each(copy_rating)});
}

void add_readers(files::Readers& readers) { readers.on("kyc_document", may_read_kyc_file); }

}  // namespace taama::identity
