// The checks themselves: a check that finds nothing proves nothing.

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "tests/support/openapi_validator.hpp"

namespace taama::test {
namespace {

namespace json = boost::json;

const char* const document_text = R"json({
  "openapi": "3.1.0", "servers": [{"url": "/"}],
  "paths": {
    "/api/v1/trips/{id}": {"get": {"responses": {
      "200": {"description": "OK", "content": {"application/json": {"schema":
        {"type": "object", "required": ["data", "meta"], "additionalProperties": false, "properties":
          {"data": {"$ref": "#/components/schemas/Trip"}, "meta": {"type": "object"}}}}}},
      "default": {"description": "Refused", "content": {"application/json": {"schema":
        {"type": "object", "required": ["error", "meta"]}}}}}}},
    "/api/v1/trips/search": {"get": {"responses": {"204": {"description": "none"}}}}
  },
  "components": {"schemas": {"Trip": {
    "type": "object", "additionalProperties": false, "required": ["id", "seats", "at"],
    "properties": {
      "id": {"type": "string", "format": "uuid"},
      "seats": {"type": "integer", "minimum": 1, "maximum": 8},
      "at": {"type": "string", "format": "date-time"},
      "status": {"type": "string", "enum": ["draft", "published"]},
      "label": {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 3}, {"type": "null"}]},
      "legs": {"type": "array", "items": {"type": ["integer", "null"]}}}}}}
})json";

TEST(SchemaCheck, FindsWhatIsWrong) {
    const json::value document = json::parse(document_text);
    const JsonSchema schemas{document};
    const json::value schema = {{"$ref", "#/components/schemas/Trip"}};
    const std::string base =
        R"("id":"7d9f0c52-2a41-4b7e-9b52-6a0f3c1d8e44","at":"2026-10-02T08:30:00Z")";
    const struct {
        const char* name;
        std::string instance;
        std::size_t problems;
    } cases[] = {
        {"good", "{" + base + R"(,"seats":2})", 0},
        {"every field", "{" + base + R"(,"seats":2,"status":"draft","label":null,"legs":[1,null]})",
         0},
        {"missing", "{" + base + "}", 1},
        {"unknown field", "{" + base + R"(,"seats":2,"colour":"red"})", 1},
        {"text for number", "{" + base + R"(,"seats":"2"})", 1},
        {"fraction", "{" + base + R"(,"seats":1.5})", 1},
        {"too small, too great", "{" + base + R"(,"seats":0,"label":"long"})", 4},
        {"other word", "{" + base + R"(,"seats":2,"status":"gone"})", 1},
        {"in a list", "{" + base + R"(,"seats":2,"legs":[1,"x"]})", 1},
        {"forms", R"({"id":"7D9F","at":"2026-10-02 08:30","seats":2})", 2},
        {"time without zone",
         R"({"id":"7d9f0c52-2a41-4b7e-9b52-6a0f3c1d8e44",)"
         R"("at":"2026-10-02T08:30:00","seats":2})",
         1},
        {"no object", "[]", 1},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.name);
        const auto found = schemas.problems(schema, json::parse(c.instance));
        EXPECT_EQ(found.size(), c.problems) << testing::PrintToString(found);
    }
    EXPECT_EQ(schemas.problems({{"typo", 1}}, 1).size(), 1U) << "unknown keywords are not skipped";
}

TEST(SchemaCheck, HoldsAnswersAgainstTheDocument) {
    const OpenApiValidator validator{json::parse(document_text)};
    const std::string id = "6f1d2c3b-0000-4000-8000-0000000000aa";
    const std::string trip = R"({"id":"7d9f0c52-2a41-4b7e-9b52-6a0f3c1d8e44","seats":2,)"
                             R"("at":"2026-10-02T08:30:00Z"})";
    const std::string meta = R"(,"meta":{"request_id":")" + id + "\"}}";
    const auto problems = [&](std::string target, int status, const std::string& body) {
        Response response{.status = status,
                          .headers = {{"X-Request-Id", id}, {"Content-Type", "application/json"}},
                          .body = body,
                          .json = body.empty() ? json::value{} : json::parse(body)};
        return validator.problems({"GET", std::move(target)}, response).size();
    };
    EXPECT_EQ(problems("/api/v1/trips/1", 200, R"({"data":)" + trip + meta), 0U);
    EXPECT_EQ(problems("/api/trips/1?x=1", 200, R"({"data":)" + trip + meta), 0U);
    EXPECT_EQ(problems("/api/v1/trips/1", 200, R"({"data":{})" + meta), 3U);
    EXPECT_EQ(problems("/api/v1/trips/1", 201, R"({"data":)" + trip + meta), 1U)
        << "not documented";
    EXPECT_EQ(
        problems("/api/v1/trips/1", 404, R"({"error":{"code":"not_found","message":"…"})" + meta),
        0U);
    EXPECT_EQ(problems("/api/v1/trips/1", 404, R"({"error":{"message":"…"})" + meta), 1U);
    EXPECT_EQ(problems("/api/v1/trips/1", 500, ""), 1U) << "no envelope";
    EXPECT_EQ(problems("/api/v1/trips/search", 204, ""), 0U) << "a literal wins over {id}";
    EXPECT_EQ(problems("/api/v1/trips/1", 200,
                       R"({"data":)" + trip + R"(,"meta":{"request_id":"other"}})"),
              1U);
}

}  // namespace
}  // namespace taama::test
