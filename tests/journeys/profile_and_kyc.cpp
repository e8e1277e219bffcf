// Profile, KYC and files (identity contract, 4.4, 4.6, 4.8; back office, 3.4).

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"
#include "tests/journeys/images.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

TEST(Profile, ReadAndChanged_S1_065_S2_033) {
    auto& server = shared_server();
    Person person = sign_up(server);
    const Response me = person.http.get("/api/v1/me");
    EXPECT_EQ(me.text("/data/first_name"), "Awa");
    EXPECT_EQ(me.text("/data/user_type"), "client");
    EXPECT_TRUE(me.is_null("/data/rating_avg"));
    EXPECT_EQ(me.text("/data/referral_code").size(), 8U);
    const std::string etag = me.header("ETag");
    EXPECT_EQ(person.http.get("/api/v1/me", {{"If-None-Match", etag}}).status, 304);
    for (const char* alias : {"/api/v1/users/me", "/api/v1/auth/me", "/auth/status", "/api/me"})
        EXPECT_EQ(person.http.get(alias).at("/data/id"), me.at("/data/id")) << alias;

    const Response changed = person.http.patch(
        "/api/v1/me",
        json::object{{"language", "en"}, {"preferences", {{"smoking", false}, {"talk", "some"}}}},
        {{"If-Match", etag}});
    ASSERT_EQ(changed.status, 200) << changed.brief();
    EXPECT_EQ(changed.text("/data/language"), "en");
    EXPECT_EQ(
        person.http.patch("/api/v1/me", json::object{{"first_name", "Aya"}}, {{"If-Match", etag}})
            .code(),
        "precondition_failed");
    const Response merged =
        person.http.put("/api/v1/users/me", json::object{{"preferences", {{"pets", true}}}});
    EXPECT_TRUE(merged.flag("/data/preferences/pets"));
    EXPECT_EQ(merged.text("/data/preferences/talk"), "some") << "merged";
    EXPECT_EQ(person.http.patch("/api/v1/me", json::object{{"phone", unique_phone()}}).code(),
              "validation_error");
    EXPECT_EQ(person.http.patch("/api/v1/me", json::object{{"phone", person.phone}}).status, 200);
    for (const char* day : {"2026-02-30", "2999-01-01", "1850-01-01", "2015-01-01"})
        EXPECT_EQ(person.http.patch("/api/v1/me", json::object{{"birthdate", day}}).code(),
                  "validation_error")
            << day;
}

TEST(Profile, PublicOneHidesContacts_S1_066) {
    auto& server = shared_server();
    const Person person = sign_up(server);
    Person reader = sign_up(server);
    const Response profile = reader.http.get("/api/v1/users/" + person.id);
    ASSERT_EQ(profile.status, 200) << profile.brief();
    EXPECT_EQ(profile.text("/data/last_initial"), "K");
    EXPECT_FALSE(profile.body.contains(person.phone));
    EXPECT_FALSE(profile.has("/data/phone"));
    EXPECT_TRUE(profile.flag("/data/verified/phone"));
    EXPECT_EQ(reader.http.get("/api/v1/users/00000000-0000-4000-8000-000000000000").status, 404);
}

TEST(Config, IsPublicAndCacheable) {
    auto http = shared_server().client();
    const Response config = http.get("/api/v1/auth/config");
    ASSERT_EQ(config.status, 200);
    EXPECT_EQ(config.text("/data/country"), "CI");
    EXPECT_EQ(config.text("/data/calling_code"), "+225");
    EXPECT_EQ(config.integer("/data/otp_length"), 6);
    EXPECT_TRUE(config.header("Cache-Control").contains("max-age=300"));
}

// --- KYC -----------------------------------------------------------------------------------------

TEST(Kyc, TiersFollowDocuments_S1_058_S1_068_S1_116_S1_117_Example8) {
    auto& server = shared_server();
    Person person = sign_up(server);
    Person reviewer = staff(server, "compliance");
    const auto status = [&] { return person.http.get("/api/v1/me/kyc/status"); };
    EXPECT_EQ(status().integer("/data/tier"), 1);
    EXPECT_EQ(status().text("/data/status"), "none");
    EXPECT_EQ(status().text("/data/next/missing/0"), "identity_document");

    const std::string cni = submit_document(person, "cni");
    EXPECT_EQ(status().text("/data/status"), "pending");
    const Response second = person.http.post(
        "/api/v1/me/kyc", json::object{{"doc_type", "cni"},
                                       {"doc_number", "CI 1234567"},
                                       {"front_file_id", upload_id(person, "kyc")},
                                       {"back_file_id", upload_id(person, "kyc")}});
    EXPECT_EQ(second.code(), "invalid_state") << "one pending of a type";

    const Response seen = reviewer.http.get("/api/v1/admin/kyc/" + cni);
    ASSERT_EQ(seen.status, 200) << seen.brief();
    EXPECT_EQ(reviewer.http.get(target_of(seen.text("/data/front_url"))).status, 200);
    EXPECT_EQ(reviewer.http.get("/api/v1/admin/kyc/pending").status, 200);
    approve_document(reviewer, cni);
    EXPECT_EQ(reviewer.http.post("/api/v1/admin/kyc/" + cni + "/approve", json::object{}).code(),
              "invalid_state");
    EXPECT_EQ(status().integer("/data/tier"), 2);
    EXPECT_EQ(person.http.patch("/api/v1/me", json::object{{"first_name", "Autre"}}).code(),
              "invalid_state")
        << "names are locked by the document";

    approve_document(reviewer, submit_document(person, "permis"));
    EXPECT_EQ(status().integer("/data/tier"), 3);
    EXPECT_EQ(reviewer.http
                  .post("/api/v1/admin/kyc/" + cni + "/revoke",
                        json::object{{"reason", "suspected_fraud"},
                                     {"notes", "Le document est un faux."}})
                  .status,
              200);
    EXPECT_EQ(status().integer("/data/tier"), 1) << "a licence alone identifies nobody";
}

TEST(Kyc, Rejected_S1_118) {
    auto& server = shared_server();
    Person person = sign_up(server);
    Person reviewer = staff(server, "compliance");
    const std::string path = "/api/v1/admin/kyc/" + submit_document(person, "cni") + "/reject";
    EXPECT_EQ(reviewer.http.post(path, json::object{{"reason", "unreadable"}}).code(),
              "validation_error");
    ASSERT_EQ(
        reviewer.http
            .post(path, json::object{{"reason", "unreadable"}, {"notes", "La photo est floue."}})
            .status,
        200);
    const Response status = person.http.get("/api/v1/me/kyc/status");
    EXPECT_EQ(status.text("/data/status"), "rejected");
    EXPECT_EQ(status.text("/data/documents/0/notes"), "La photo est floue.");
    EXPECT_EQ(status.integer("/data/tier"), 1);
}

TEST(Kyc, PicturesOfARefusedDocumentServeAgain) {
    auto& server = shared_server();
    Person person = sign_up(server);
    Person reviewer = staff(server, "compliance");
    json::object document{{"doc_type", "cni"},
                          {"doc_number", "CI 31 0000 0001"},
                          {"country", "ci"},
                          {"front_file_id", upload_id(person, "kyc")},
                          {"back_file_id", upload_id(person, "kyc")}};
    const Response first = person.http.post("/api/v1/me/kyc", document);
    ASSERT_EQ(first.status, 201) << first.brief();
    EXPECT_EQ(first.text("/data/country"), "CI");
    const std::string path = "/api/v1/admin/kyc/" + first.text("/data/id");
    ASSERT_EQ(reviewer.http
                  .post(path + "/reject",
                        json::object{{"reason", "mismatch"}, {"notes", "Le numéro diffère."}})
                  .status,
              200);
    document["country"] = "C1";
    EXPECT_TRUE(person.http.post("/api/v1/me/kyc", document).has("/error/details/fields/country"));
    document["country"] = "CI";
    document["doc_number"] = "CI 31 0000 0002";
    const Response second = person.http.post("/api/v1/me/kyc", document);
    ASSERT_EQ(second.status, 201) << second.brief();
    approve_document(reviewer, second.text("/data/id"));
    EXPECT_EQ(person.http.post("/api/v1/me/kyc", document).code(), "validation_error")
        << "those of an approved one belong to it";
    EXPECT_TRUE(reviewer.http.get(path).has("/data/front_url"));
}

TEST(Kyc, ListsAreSortedByTime_BackOffice3_4) {
    auto& server = shared_server();
    Person person = sign_up(server);
    Person reviewer = staff(server, "compliance");
    const std::string older = submit_document(person, "cni");
    const std::string newer = submit_document(person, "passport");
    const auto first = [&](std::string_view sort) {
        return reviewer.http.get("/api/v1/admin/kyc?query=" + person.id + std::string{sort})
            .text("/data/0/id");
    };
    EXPECT_EQ(first(""), newer);
    EXPECT_EQ(first("&sort=-created_at"), newer);
    EXPECT_EQ(first("&sort=created_at"), older);
    EXPECT_EQ(reviewer.http.get("/api/v1/admin/kyc?sort=country").code(), "validation_error");
}

TEST(Kyc, TwoReviewersFirstWins) {
    auto& server = shared_server();
    Person person = sign_up(server);
    const std::string path = "/api/v1/admin/kyc/" + submit_document(person, "cni");
    Person first = staff(server, "compliance");
    Person second = staff(server, "super");
    const auto answers = at_once(2, [&](int i) {
        return i == 0 ? first.http.post(path + "/approve", json::object{})
                      : second.http.post(path + "/reject", json::object{{"reason", "other"},
                                                                        {"notes", "Illisible."}});
    });
    EXPECT_EQ(count_status(answers, 200), 1);
    EXPECT_EQ(count_status(answers, 409), 1);
}

TEST(Kyc, SameNumberTwiceIsSeenByComplianceOnly) {
    auto& server = shared_server();
    Person reviewer = staff(server, "compliance");
    const auto submit = [](Person& person) {
        return person.http.post("/api/v1/me/kyc",
                                json::object{{"doc_type", "cni"},
                                             {"doc_number", "CI 77 0001 7700"},
                                             {"front_file_id", upload_id(person, "kyc")},
                                             {"back_file_id", upload_id(person, "kyc")}});
    };
    Person first = sign_up(server);
    approve_document(reviewer, submit(first).text("/data/id"));
    Person second = sign_up(server);
    const Response accepted = submit(second);
    ASSERT_EQ(accepted.status, 201) << accepted.brief();
    EXPECT_FALSE(accepted.body.contains("duplicate"));
    EXPECT_EQ(
        reviewer.http
            .post("/api/v1/admin/kyc/" + accepted.text("/data/id") + "/approve", json::object{})
            .code(),
        "already_exists");
}

TEST(Kyc, FilesMustBeOwnAndForKyc) {
    auto& server = shared_server();
    Person person = sign_up(server);
    Person other = sign_up(server);
    const auto submit = [&](const std::string& file) {
        return person.http.post("/api/v1/me/kyc", json::object{{"doc_type", "cni"},
                                                               {"doc_number", "CI 55 5555"},
                                                               {"front_file_id", file},
                                                               {"back_file_id", file}});
    };
    const Response foreign = submit(upload_id(other, "kyc"));
    const Response missing = submit("00000000-0000-4000-8000-000000000000");
    const Response purpose = submit(upload_id(person, "vehicle_photo"));
    for (const Response& refused : {foreign, missing, purpose})
        EXPECT_EQ(refused.code(), "validation_error") << refused.brief();
    EXPECT_EQ(foreign.at("/error/details"), missing.at("/error/details")) << "no difference told";
}

// --- files ---------------------------------------------------------------------------------------

TEST(Files, PrivateOnesBySignedUrlOnly_S1_067_S1_152) {
    auto& server = shared_server();
    Person owner = sign_up(server);
    Person stranger = sign_up(server);
    const Response file = upload(owner, "kyc", png_image(64, 48));
    ASSERT_EQ(file.status, 200) << file.brief();
    EXPECT_EQ(file.text("/data/status"), "ready");
    const std::string path = "/api/v1/files/" + file.text("/data/id");
    EXPECT_EQ(stranger.http.get(path).status, 404);
    EXPECT_EQ(stranger.http.post(path + "/url", json::object{}).status, 404);
    const Response link = owner.http.post(path + "/url", json::object{});
    ASSERT_EQ(link.status, 200) << link.brief();
    const std::string target = target_of(link.text("/data/url"));
    auto http = server.client();
    EXPECT_EQ(http.get(target).status, 200);
    EXPECT_EQ(http.get(target + "0").status, 403) << "signature changed";
    EXPECT_EQ(http.get("/media/" + file.text("/data/id") + "/large").status, 404) << "not public";
    EXPECT_EQ(owner.http.post(path + "/confirm").status, 200) << "repeated";
    EXPECT_EQ(owner.http.del(path).status, 204);
    EXPECT_EQ(owner.http.get(path).status, 404);
}

TEST(Files, PublicOnesAreServedInSizes) {
    auto& server = shared_server();
    Person owner = sign_up(server);
    const std::string id = upload_id(owner, "vehicle_photo");
    auto http = server.client();
    for (const char* variant : {"thumb", "medium", "large"}) {
        const Response image = http.get("/media/" + id + "/" + variant);
        EXPECT_EQ(image.status, 200) << variant;
        EXPECT_TRUE(image.header("Content-Type").starts_with("image/"));
        EXPECT_TRUE(image.header("Cache-Control").contains("immutable"));
        EXPECT_EQ(image.header("X-Content-Type-Options"), "nosniff");
    }
}

TEST(Files, BadContentIsRejected) {
    auto& server = shared_server();
    Person owner = sign_up(server);
    const auto refused = [&](const char* purpose, const std::string& bytes, const char* type) {
        return upload(owner, purpose, bytes, type);
    };
    EXPECT_EQ(refused("kyc", png_that_claims(30'000, 30'000), "image/png").code(), "file_rejected");
    EXPECT_EQ(refused("kyc", "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png").code(),
              "file_rejected");
    EXPECT_EQ(refused("kyc", "%PDF-1.4\n%%EOF", "image/jpeg").code(), "file_rejected");
    EXPECT_EQ(refused("kyc", "GIF89a/*<script>*/", "image/png").code(), "file_rejected");

    const auto asked = [&](const char* purpose, const char* type, std::int64_t size) {
        return owner.http
            .post("/api/v1/files",
                  json::object{{"purpose", purpose}, {"content_type", type}, {"size", size}})
            .status;
    };
    EXPECT_EQ(asked("kyc", "image/svg+xml", 100), 422);
    EXPECT_EQ(asked("kyc", "image/png", 0), 422);
    EXPECT_EQ(asked("kyc", "image/png", 10 * 1024 * 1024 + 1), 422);
    EXPECT_EQ(asked("avatar", "application/pdf", 100), 422);
    EXPECT_EQ(asked("import_csv", "text/csv", 100) / 100, 4) << "not for people";
    EXPECT_EQ(asked("export", "application/zip", 100) / 100, 4);
}

TEST(Files, SignedUploadTakesOnlyWhatWasDeclared) {
    auto& server = shared_server();
    Person owner = sign_up(server);
    const std::string bytes = png_image(16, 16);
    const Response asked = owner.http.post(
        "/api/v1/files",
        json::object{{"purpose", "kyc"}, {"content_type", "image/png"}, {"size", bytes.size()}});
    ASSERT_EQ(asked.status, 201) << asked.brief();
    const std::string target = target_of(asked.text("/data/upload/url"));
    auto http = server.client();
    const auto put = [&](const std::string& to, const std::string& content, const char* type) {
        return http.send({"PUT", to, content, {{"Content-Type", type}}}).status;
    };
    EXPECT_EQ(owner.http.post("/api/v1/files/" + asked.text("/data/file/id") + "/confirm").code(),
              "invalid_state")
        << "nothing uploaded";
    EXPECT_EQ(put(target + "0", bytes, "image/png"), 403);
    EXPECT_EQ(put(target, bytes + "x", "image/png"), 403);
    EXPECT_EQ(put(target, bytes, "text/html"), 403);
    EXPECT_EQ(put(target, bytes, "image/png") / 100, 2);
    EXPECT_EQ(put(target, bytes, "image/png"), 403) << "once";
}

TEST(Files, ConfirmedTwiceAtOnce) {
    auto& server = shared_server();
    Person owner = sign_up(server);
    const Response file = upload(owner, "message_image", png_image(20, 20));
    const auto answers = at_once(2, [&](int) {
        auto http = server.client();
        http.bearer(owner.access_token);
        return http.post("/api/v1/files/" + file.text("/data/id") + "/confirm");
    });
    EXPECT_EQ(count_status(answers, 200), 2);
    EXPECT_EQ(answers[0].at("/data"), answers[1].at("/data"));
}

}  // namespace
}  // namespace taama::test
