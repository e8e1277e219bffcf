#include "platform/http/openapi.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace taama::http {
namespace {

enum class Colour : std::uint8_t { red, blue };
BOOST_DESCRIBE_ENUM(Colour, red, blue)

struct NewKite {
    json::Text<1, 40> name;
    std::optional<Colour> colour;
};
BOOST_DESCRIBE_STRUCT(NewKite, (), (name, colour))

struct KiteView {
    std::string name;
    std::optional<Colour> colour;
};
BOOST_DESCRIBE_STRUCT(KiteView, (), (name, colour))

struct KiteFilter {
    std::optional<Colour> colour;
    std::string near_text;
};
BOOST_DESCRIBE_STRUCT(KiteFilter, (), (colour, near_text))

struct Deps {};

Task<Created<KiteView>> make(const Deps&, User, Body<NewKite>) { co_return Created<KiteView>{}; }
Task<List<KiteView>> list(const Deps&, Public, Query<KiteFilter>, Paging) {
    co_return List<KiteView>{};
}
Task<Ok<KiteView>> change(const Deps&, MaybeCaller, Path<FileId>, IfMatch) {
    co_return Ok<KiteView>{};
}
Task<NoContent> drop(const Deps&, Staff, Path<FileId>, Path<std::string>) { co_return NoContent{}; }
Task<Raw> page(const Deps&, Public) { co_return Raw{}; }

class OpenApi : public testing::Test {
protected:
    OpenApi() {
        Routes<Deps> routes{operations_, "kites", deps_};
        routes.post("/kites", make).summary("Fly one").key_required();
        routes.get("/kites", list);
        routes.patch("/kites/{id}", change).alias("/dragons/{id}");
        routes.del("/admin/kites/{id}/lines/{line}", drop);
        routes.get("/page", page).at_root();
        routes.get("/dev/kites", list).hidden();
        operations_.all()[3]->roles = role_bit(Role::ops) | role_bit(Role::super);
        document_ = openapi_document(operations_, "Kites", "1.2");
    }

    std::string at(const std::string& pointer) const {
        boost::json::error_code error;
        const auto* found = document_.find_pointer(pointer, error);
        return found == nullptr ? "nothing" : boost::json::serialize(*found);
    }

    Deps deps_;
    Operations operations_;
    boost::json::value document_;
};

TEST_F(OpenApi, Operations) {
    const std::pair<std::string, std::string_view> cases[] = {
        {"/openapi", R"("3.1.0")"},
        {"/info", R"({"title":"Kites","version":"1.2"})"},
        {"/paths/~1api~1v1~1kites/post/operationId", R"("post_kites")"},
        {"/paths/~1api~1v1~1kites/post/tags", R"(["kites"])"},
        {"/paths/~1api~1v1~1kites/post/summary", R"("Fly one")"},
        {"/paths/~1api~1v1~1kites/post/x-caller", R"("user")"},
        {"/paths/~1api~1v1~1kites/post/security", "nothing"},
        {"/paths/~1api~1v1~1kites/post/parameters/0/name", R"("Idempotency-Key")"},
        {"/paths/~1api~1v1~1kites/post/parameters/0/required", "true"},
        {"/paths/~1api~1v1~1kites/post/requestBody/content/application~1json/schema/$ref",
         R"("#/components/schemas/NewKiteIn")"},
        {"/paths/~1api~1v1~1kites/post/responses/201/content/application~1json/schema/properties"
         "/data/$ref",
         R"("#/components/schemas/KiteView")"},
        {"/paths/~1api~1v1~1kites/get/security", "[]"},
        {"/paths/~1api~1v1~1kites/get/parameters/0/name", R"("colour")"},
        {"/paths/~1api~1v1~1kites/get/parameters/0/required", "false"},
        {"/paths/~1api~1v1~1kites/get/parameters/1/required", "true"},
        {"/paths/~1api~1v1~1kites/get/parameters/3/name", R"("page_size")"},
        {"/paths/~1api~1v1~1kites~1{id}/patch/security", R"([{},{"bearer":[]}])"},
        {"/paths/~1api~1v1~1kites~1{id}/patch/parameters/0",
         R"({"name":"id","in":"path","required":true,"schema":{"type":"string","format":"uuid"}})"},
        {"/paths/~1api~1v1~1kites~1{id}/patch/parameters/1/name", R"("If-Match")"},
        {"/paths/~1api~1v1~1dragons~1{id}/patch/x-alias-of", R"("/api/v1/kites/{id}")"},
        {"/paths/~1api~1v1~1dragons~1{id}/patch/operationId", R"("patch_dragons_id")"},
        {"/paths/~1api~1v1~1admin~1kites~1{id}~1lines~1{line}/delete/x-roles",
         R"(["super","ops"])"},
        {"/paths/~1api~1v1~1admin~1kites~1{id}~1lines~1{line}/delete/parameters/1",
         R"({"name":"line","in":"path","required":true,"schema":{"type":"string"}})"},
        {"/paths/~1api~1v1~1admin~1kites~1{id}~1lines~1{line}/delete/responses/204",
         R"({"description":"No content"})"},
        {"/paths/~1page/get/responses/200/content", "nothing"},
        {"/paths/~1api~1v1~1dev~1kites", "nothing"},
        {"/components/schemas/NewKiteIn/required", R"(["name"])"},
        {"/components/schemas/KiteView/required", R"(["name","colour"])"},
        {"/components/schemas/KiteFilterIn", "nothing"},
    };
    for (const auto& [pointer, want] : cases) EXPECT_EQ(at(pointer), want) << pointer;
}

// Every $ref leads somewhere, and no operation has the id of another.
TEST_F(OpenApi, HoldsTogether) {
    const std::string text = boost::json::serialize(document_);
    constexpr std::string_view mark = "\"$ref\":\"#/components/schemas/";
    const auto& schemas = document_.at("components").at("schemas").as_object();
    for (auto i = text.find(mark); i != std::string::npos; i = text.find(mark, i + 1)) {
        const auto begin = i + mark.size();
        EXPECT_TRUE(schemas.contains(text.substr(begin, text.find('"', begin) - begin)));
    }
    std::vector<std::string> ids;
    for (const auto& [path, item] : document_.at("paths").as_object())
        for (const auto& [method, operation] : item.as_object())
            ids.emplace_back(operation.at("operationId").as_string());
    EXPECT_EQ(ids.size(), 6U);
    std::ranges::sort(ids);
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

}  // namespace
}  // namespace taama::http
