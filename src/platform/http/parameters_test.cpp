#include "platform/http/parameters.hpp"

#include <gtest/gtest.h>

#include "platform/http/routes.hpp"

namespace taama::http {
namespace {

struct Asked {
    Request request;
    std::string content_type;

    Asked() {
        request.header = [this](std::string_view name) -> std::string_view {
            return name == "Content-Type" ? std::string_view{content_type} : std::string_view{};
        };
    }
    Asked(const Asked&) = delete;
    Context context() {
        return {.request = request,
                .request_id = {},
                .now = {},
                .caller = {},
                .idempotency_key = {},
                .path_values = {},
                .response_headers = {},
                .operation = {}};
    }
};

TEST(ReadBody, ContentTypes) {
    struct Case {
        std::string_view content_type;
        std::string_view body;
        std::string_view want;
    };
    const Case cases[] = {
        {"application/json", R"({"a":1})", "read"},
        {"Application/JSON", R"({"a":1})", "read"},
        {"application/json; charset=utf-8", R"({"a":1})", "read"},
        {"application/json ;charset=\"UTF-8\"", R"({"a":1})", "read"},
        {"application/json; version=2", R"({"a":1})", "read"},
        {"application/json", "", "read"},
        {"", "", "read"},
        {"application/json; charset=latin1", R"({"a":1})", "unsupported_media_type"},
        {"", R"({"a":1})", "unsupported_media_type"},
        {"text/plain", R"({"a":1})", "unsupported_media_type"},
        {"text/plain", "", "unsupported_media_type"},
        {"application/jsonp", R"({"a":1})", "unsupported_media_type"},
        {"application/x-www-form-urlencoded", "a=1", "unsupported_media_type"},
        {"application/json", "{", "bad_request"},
        {"application/json", " ", "bad_request"},
    };
    for (const Case& c : cases) {
        Asked asked;
        asked.content_type = c.content_type;
        asked.request.body = c.body;
        std::string got = "read";
        try {
            EXPECT_EQ(read_body(asked.context()).type, json::Node::Type::object);
        } catch (const Refusal& refusal) {
            got = refusal.code().code;
        }
        EXPECT_EQ(got, c.want) << c.content_type << " " << c.body;
    }
}

struct Filter {
    std::optional<json::Int<1, 8>> seats;
    std::string near_text;

    static constexpr json::Alias aliases[] = {{"seats>", "seats"}};
};
BOOST_DESCRIBE_STRUCT(Filter, (), (seats, near_text))

using Pairs = std::vector<std::pair<std::string, std::string>>;

// What a handler with Query<Filter> and Paging would be told of this query string.
std::string problems_of(const Pairs& query) {
    Asked asked;
    asked.request.query = query;
    Context context = asked.context();
    const json::ReadContext read_context;
    Extraction extraction{context, read_context, nullptr};
    Signature signature;
    Parameter<Query<Filter>>::describe(signature);
    Parameter<Paging>::describe(signature);
    detail::add_unknown_query_keys(extraction, signature);
    Parameter<Query<Filter>>::get(extraction);
    Parameter<Paging>::get(extraction);
    return boost::json::serialize(extraction.problems.in(Language::en));
}

TEST(QueryParameters, AllProblemsAtOnce) {
    const std::pair<Pairs, std::string_view> cases[] = {
        {{{"near_text", "x"}}, "{}"},
        {{{"near_text", "x"}, {"seats", "2"}, {"page", "3"}, {"page_size", "100"}}, "{}"},
        {{{"near_text", "x"}, {"seats>", "2"}}, "{}"},
        {{}, R"({"near_text":"is required"})"},
        {{{"near_text", "x"}, {"Seats", "2"}}, R"({"Seats":"unknown field"})"},
        {{{"near_text", "x"}, {"near_text", "y"}}, R"({"near_text":"unknown field"})"},
        {{{"seats", "9"}, {"page", "0"}, {"page_size", "101"}, {"order", "up"}},
         R"({"near_text":"is required","order":"unknown field","page":"must be between 1 and 1000000",)"
         R"("page_size":"must be between 1 and 100","seats":"must be between 1 and 8"})"},
        {{{"near_text", "x"}, {"page", "two"}, {"page_size", "1.5"}},
         R"({"page":"must be an integer","page_size":"must be an integer"})"},
    };
    for (const auto& [query, want] : cases) {
        auto sorted = boost::json::parse(problems_of(query)).as_object();
        EXPECT_EQ(sorted, boost::json::parse(want).as_object()) << problems_of(query);
    }
}

TEST(QueryParameters, Values) {
    Asked asked;
    asked.request.query = {
        {"seats>", "4"}, {"near_text", "Plage"}, {"page", "3"}, {"page_size", "50"}};
    Context context = asked.context();
    const json::ReadContext read_context;
    Extraction extraction{context, read_context, nullptr};
    const auto filter = Parameter<Query<Filter>>::get(extraction);
    EXPECT_EQ(filter->seats->value, 4);
    EXPECT_EQ(filter->near_text, "Plage");
    const Paging paging = Parameter<Paging>::get(extraction);
    EXPECT_EQ(paging.offset(), 100);
    EXPECT_EQ(asked.request.query_value("page"), "3");
    EXPECT_EQ(asked.request.query_value("nothing"), "");
}

TEST(PathParameters, AnotherFormThanAUuidIsNotFound) {
    Asked asked;
    Context context = asked.context();
    context.path_values = {"b4f5c7e2-2b7a-4b0f-8e8a-0a1b2c3d4e5f", "7"};
    const json::ReadContext read_context;
    Extraction extraction{context, read_context, nullptr};
    EXPECT_EQ((*Parameter<Path<FileId>>::get(extraction)).to_string(), context.path_values[0]);
    EXPECT_THROW(Parameter<Path<FileId>>::get(extraction), Refusal);
}

TEST(ListMeta, CountsPages) {
    struct Case {
        std::optional<Pagination> pagination;
        std::optional<std::string> cursor;
        std::string_view want;
    };
    const Case cases[] = {
        {{}, {}, "{}"},
        {Pagination{1, 20, 0},
         {},
         R"({"pagination":{"page":1,"page_size":20,"total":0,"page_count":0}})"},
        {Pagination{2, 20, 41},
         {},
         R"({"pagination":{"page":2,"page_size":20,"total":41,"page_count":3}})"},
        {Pagination{1, 20, {}},
         {},
         R"({"pagination":{"page":1,"page_size":20,"total":null,"page_count":null}})"},
        {{}, "", R"({"next_cursor":null})"},
        {{}, "abc", R"({"next_cursor":"abc"})"},
    };
    for (const Case& c : cases) {
        Reply reply;
        detail::add_list_meta(reply, c.pagination, c.cursor);
        EXPECT_EQ(boost::json::serialize(reply.meta), c.want);
    }
}

TEST(IfMatch, ComparesTheView) {
    const std::string view = "present";
    EXPECT_NO_THROW(IfMatch{}.check(view));
    EXPECT_NO_THROW(IfMatch{"*"}.check(view));
    EXPECT_NO_THROW(IfMatch{etag_of_view(view)}.check(view));
    EXPECT_THROW(IfMatch{etag_of_view(std::string{"before"})}.check(view), Refusal);
    EXPECT_NE(etag_of("a"), etag_of("b"));
    EXPECT_TRUE(etag_of("a").starts_with('"') && etag_of("a").ends_with('"'));
}

}  // namespace
}  // namespace taama::http
