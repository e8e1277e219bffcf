#include "platform/http/edge.hpp"

#include "platform/http/edge_test_world.hpp"
#include "platform/task_group.hpp"
#include "tests/support/database.hpp"

namespace taama::http {
namespace {

constexpr pg::Sql make_table_sql{"test.make_things", R"sql(
    create table things (name text constraint things_name unique))sql"};
constexpr pg::Sql make_failure_sql{"test.make_failure", R"sql(
    create function fail(state text) returns void language plpgsql as
    $$ begin raise exception 'as asked' using errcode = state; end $$)sql"};
constexpr pg::Sql fail_sql{"test.fail", "select fail($1)"};
constexpr pg::Sql insert_sql{"test.insert_thing", "insert into things values ($1)"};
constexpr pg::Sql names_sql{"test.thing_names",
                            "select coalesce(string_agg(name, ' ' order by name), '') from things"};

const ErrorCode taken{"thing_taken", Kind::conflict, "Déjà pris.", "Taken already."};
const std::string thing_path = "/api/v1/things/b4f5c7e2-2b7a-4b0f-8e8a-0a1b2c3d4e5f";

struct Thing {
    json::Text<1, 10> name;
    std::optional<json::Int<1, 3>> size;
};
BOOST_DESCRIBE_STRUCT(Thing, (), (name, size))

struct ThingView {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(ThingView, (), (name))

struct ThingFilter {
    std::optional<json::Int<1, 3>> size;
};
BOOST_DESCRIBE_STRUCT(ThingFilter, (), (size))

struct Deps {
    int& runs;
};

Task<List<ThingView>> list(const Deps&, Public, Query<ThingFilter>, Paging paging) {
    co_return List<ThingView>{.items = {{"one"}}, .pagination = paging.of(1)};
}
Task<Ok<ThingView>> show(const Deps&, User, Path<FileId>) { co_return Ok<ThingView>{{"one"}}; }
Task<Ok<ThingView>> who(const Deps&, MaybeCaller caller) {
    co_return Ok<ThingView>{
        {caller.caller.kind == Caller::Kind::anonymous ? "nobody" : "somebody"}};
}
Task<NoContent> staff_only(const Deps&, Staff) { co_return NoContent{}; }
Task<Created<ThingView>> make(const Deps& deps, pg::Tx& tx, Context& context, User,
                              Body<Thing> thing) {
    ++deps.runs;
    co_await tx.query(insert_sql, thing->name.str());
    context.response_headers.emplace_back("X-Run", std::to_string(deps.runs));
    co_return Created<ThingView>{{thing->name.str()}, "/things/1"};
}
Task<Ok<ThingView>> change(const Deps&, pg::Tx& tx, User, Path<FileId>, IfMatch match,
                           Body<Thing> thing) {
    match.check(ThingView{"one"});
    co_await tx.query(insert_sql, thing->name.str());
    co_return Ok<ThingView>{{thing->name.str()}};
}
constexpr pg::Sql insert_rows_sql{"test.insert_things",
                                  "insert into things select * from unnest($1::text[])"};
Task<Created<ThingView>> make_row(const Deps& deps, pg::Tx& tx, User, Body<Thing> thing) {
    ++deps.runs;
    if (thing->name.str() == "refuse") throw Refusal{errors::conflict};
    tx.enqueue_row(insert_rows_sql, thing->name.str());
    co_return Created<ThingView>{{thing->name.str()}, "/things/1"};
}
// Does as the name says, after it has written.
Task<NoContent> fail(const Deps& deps, pg::Tx& tx, User, Body<Thing> thing) {
    ++deps.runs;
    const std::string& how = thing->name.str();
    co_await tx.query(insert_sql, how);
    if (how == "refuse") throw Refusal{errors::conflict, {{"reason", "no"}}};
    if (how == "keep") throw Refusal{errors::conflict}.keeping_effects();
    if (how == "provider") throw Refusal{errors::provider_error};
    if (how == "broken") throw std::runtime_error("a defect");
    if (how == "away") throw pg::Unavailable("no database");
    if (how == "deadlock" && deps.runs < 3) co_await tx.query(fail_sql, "40P01");
    if (how == "deadlocks") co_await tx.query(fail_sql, "40P01");
    co_return NoContent{};
}
// Manages its own transactions.
Task<Ok<ThingView>> pay(const Deps& deps, User, Body<Thing> thing) {
    ++deps.runs;
    if (thing->name.str() == "refuse") throw Refusal{errors::conflict};
    if (thing->name.str() == "provider") throw Refusal{errors::provider_error};
    co_return Ok<ThingView>{{std::to_string(deps.runs)}};
}

struct World : TestWorld {
    explicit World(pg::Db& database) : TestWorld(database) {
        Routes<Deps> routes{operations, "things", deps};
        routes.get("/things", list).rate({"listing", 1000, 60s, RateClass::By::ip});
        routes.get("/things/{id}", show);
        routes.patch("/things/{id}", change);
        routes.get("/who", who);
        routes.post("/things", make);
        routes.post("/fail", fail);
        routes.post("/rows", make_row).grouped();
        routes.post("/payments", pay).key_required();
        routes.post("/admin/things", staff_only);
        operations.all().back()->roles = role_bit(Role::ops);
        constraints = {{"things_name", &taken}};
    }
    Task<void> prepare() {
        co_await db.query(make_table_sql);
        co_await db.query(make_failure_sql);
    }
    Task<std::string> names() { co_return (co_await db.query(names_sql)).one<std::string>(); }
    Task<Response> post(std::string path, std::string name, std::string key = {}) {
        Call call{.method = Method::post,
                  .target = "/api/v1" + path,
                  .as = "user",
                  .body = "{\"name\":\"" + name + "\"}"};
        if (!key.empty()) call.headers.emplace_back("Idempotency-Key", key);
        co_return co_await ask(std::move(call));
    }

    int runs = 0;
    Deps deps{runs};
};

Task<void> guards(pg::Db& db) {
    World world{db};
    co_await world.prepare();
    using enum Method;
    const std::string thing = R"({"name":"a"})";
    const std::string staff_path = "/api/v1/admin/things";
    const std::pair<Call, std::string_view> cases[] = {
        {{get, "/api/v1/things"}, "200"},
        {{get, "/api/things"}, "200"},
        {{get, "/api/v1/nothing"}, "404 not_found"},
        {{delete_, "/api/v1/things"}, "405 method_not_allowed"},
        // What does not exist is told before who asks; an unknown form of id after it.
        {{get, "/api/v1/things/7"}, "401 auth_required"},
        {{get, "/api/v1/things/7", "user"}, "404 not_found"},
        {{get, thing_path}, "401 auth_required"},
        {{get, thing_path, "user"}, "200"},
        {{get, thing_path, "expired"}, "401 token_expired"},
        {{get, thing_path, "ops"}, "403 forbidden"},
        {{get, thing_path, {}, {}, {{"Authorization", "Basic dXNlcg=="}}}, "401 auth_required"},
        {{get, thing_path, {}, {}, {{"Authorization", "bearer user"}}}, "200"},
        {{post, staff_path, "user"}, "403 forbidden"},
        {{post, staff_path, "finance"}, "403 forbidden"},
        {{post, staff_path, "ops"}, "204"},
        // An open operation looks at no credentials; one that may know its caller refuses bad ones.
        {{get, "/api/v1/things", "expired"}, "200"},
        {{get, "/api/v1/who"}, "200"},
        {{get, "/api/v1/who", "expired"}, "401 token_expired"},
        {{get, thing_path, {}, {}, {{"Cookie", "a=b; taama_session=user"}}}, "200"},
        {{get, thing_path, {}, {}, {{"Cookie", "xtaama_session=user"}}}, "401 auth_required"},
        {{post, staff_path, {}, {}, {{"Cookie", "taama_session=ops"}}}, "403 csrf_invalid"},
        {{post, staff_path, {}, {}, {{"Cookie", "taama_session=ops"}, {"X-CSRF-Token", "csrf"}}},
         "204"},
        {{post, "/api/v1/things", "user", "name=a", {{"Content-Type", "text/plain"}}},
         "415 unsupported_media_type"},
        {{post, "/api/v1/things", "user", "{"}, "400 bad_request"},
        {{post, "/api/v1/things", "user", "{}"}, "422 validation_error"},
        {{post, "/api/v1/payments", "user", thing}, "400 bad_request"},
        {{post, "/api/v1/payments", "user", thing, {{"Idempotency-Key", "a\tb"}}},
         "400 bad_request"},
        {{post, "/api/v1/payments", "user", thing, {{"Idempotency-Key", std::string(256, 'k')}}},
         "400 bad_request"},
        {{get, "/api/v1/things?colour=red"}, "422 validation_error"},
    };
    for (const auto& [call, want] : cases)
        EXPECT_EQ(outcome(co_await world.ask(call)), want) << call.target << " as " << call.as;
    EXPECT_EQ(world.notes.began, static_cast<int>(std::size(cases)));
    EXPECT_EQ(world.notes.ended.size(), std::size(cases));
    EXPECT_EQ(co_await world.names(), "");
}

Task<void> envelopes(pg::Db& db) {
    World world{db};
    const auto id = "b4f5c7e2-2b7a-4b0f-8e8a-0a1b2c3d4e5f";
    const auto listed =
        co_await world.ask({.target = "/api/v1/things?page=2", .headers = {{"X-Request-Id", id}}});
    EXPECT_EQ(listed.body,
              R"({"data":[{"name":"one"}],"meta":{"request_id":")" + std::string{id} +
                  R"(","pagination":{"page":2,"page_size":20,"total":1,"page_count":1}}})");
    EXPECT_EQ(header_of(listed, "X-Request-Id"), id);
    EXPECT_EQ(header_of(listed, "RateLimit-Remaining"), "59");

    const auto wrong = co_await world.ask({.target = "/api/v1/things?size=4&page=0&colour=red",
                                           .headers = {{"Accept-Language", "en"}}});
    EXPECT_EQ(boost::json::parse(details_of(wrong)),
              boost::json::parse(R"({"fields":{"colour":"unknown field",
                  "page":"must be between 1 and 1000000","size":"must be between 1 and 3"}})"));
    const auto body = co_await world.ask({.method = Method::post,
                                          .target = "/api/v1/things?x=1",
                                          .as = "user",
                                          .body = R"({"name":"","size":9,"weight":1})"});
    EXPECT_EQ(boost::json::parse(details_of(body)).at("fields").as_object().size(), 4U);

    const std::pair<std::string_view, std::string_view> languages[] = {
        {"", "Introuvable."},
        {"de", "Introuvable."},
        {"en-GB,fr;q=0.5", "Not found."},
        {"fr-CI,en;q=0.5", "Introuvable."},
    };
    for (const auto& [accept, want] : languages) {
        const auto lost = co_await world.ask(
            {.target = "/api/v1/lost", .headers = {{"Accept-Language", std::string{accept}}}});
        EXPECT_NE(lost.body.find(want), std::string::npos) << accept;
    }
}

Task<void> methods(pg::Db& db) {
    World world{db};
    const auto refused = co_await world.ask({.method = Method::put, .target = "/api/v1/things"});
    EXPECT_EQ(header_of(refused, "Allow"), "GET, HEAD, POST, OPTIONS");
    const auto options =
        co_await world.ask({.method = Method::options, .target = "/api/v1/things"});
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(header_of(options, "Allow"), "GET, HEAD, POST, OPTIONS");
    const auto head = co_await world.ask({.method = Method::head, .target = "/api/v1/things"});
    const auto get = co_await world.ask({.target = "/api/v1/things"});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body.size(), get.body.size());
    EXPECT_EQ(header_of(head, "ETag"), header_of(get, "ETag"));
}

Task<void> cross_origin(pg::Db& db) {
    World world{db};
    const auto preflight = [&](std::string origin) {
        return world.ask({.method = Method::options,
                          .target = "/api/v1/things",
                          .headers = {{"Origin", std::move(origin)},
                                      {"Access-Control-Request-Method", "POST"}}});
    };
    const auto allowed = co_await preflight("https://console.test");
    EXPECT_EQ(allowed.status, 204);
    EXPECT_EQ(header_of(allowed, "Access-Control-Allow-Origin"), "https://console.test");
    EXPECT_NE(header_of(allowed, "Access-Control-Allow-Methods").find("PATCH"), std::string::npos);
    EXPECT_NE(header_of(allowed, "Access-Control-Allow-Headers").find("Idempotency-Key"),
              std::string::npos);
    const auto refused = co_await preflight("https://evil.test");
    EXPECT_EQ(outcome(refused), "403 forbidden");
    EXPECT_EQ(header_of(refused, "Access-Control-Allow-Origin"), "");

    const auto get = co_await world.ask(
        {.target = "/api/v1/things", .headers = {{"Origin", "https://console.test"}}});
    EXPECT_EQ(header_of(get, "Vary"), "Origin");
    EXPECT_NE(header_of(get, "Access-Control-Expose-Headers").find("ETag"), std::string::npos);
}

Task<void> conditions(pg::Db& db) {
    World world{db};
    co_await world.prepare();
    const auto first = co_await world.ask({.target = thing_path, .as = "user"});
    const std::string etag = header_of(first, "ETag");
    const auto again = co_await world.ask(
        {.target = thing_path, .as = "user", .headers = {{"If-None-Match", "\"x\", " + etag}}});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(header_of(again, "ETag"), etag);
    const auto change = [&](std::string match) {
        return world.ask({.method = Method::patch,
                          .target = thing_path,
                          .as = "user",
                          .body = R"({"name":"two"})",
                          .headers = {{"If-Match", std::move(match)}}});
    };
    EXPECT_EQ(outcome(co_await change("\"old\"")), "412 precondition_failed");
    EXPECT_EQ(co_await world.names(), "");
    const auto changed = co_await change(etag);
    EXPECT_EQ(outcome(changed), "200");
    EXPECT_EQ(header_of(changed, "ETag"), etag_of_view(ThingView{"two"}));
}

Task<void> rates(pg::Db& db) {
    World world{db};
    world.limited_class = "listing";
    world.limit = 2;
    const auto get = [&] { return world.ask({.target = "/api/v1/things"}); };
    EXPECT_EQ(header_of(co_await get(), "RateLimit-Remaining"), "1");
    EXPECT_EQ((co_await get()).status, 200);
    const auto refused = co_await get();
    EXPECT_EQ(outcome(refused), "429 rate_limited");
    EXPECT_EQ(header_of(refused, "RateLimit-Limit"), "2");
    EXPECT_EQ(header_of(refused, "Retry-After"), "30");
    EXPECT_EQ(header_of(refused, "RateLimit-Reset"), "60");
    world.clock.advance(31s);
    EXPECT_EQ((co_await get()).status, 200);
}

// Requests that end before their operation count as the anonymous, and say so.
Task<void> rates_of_the_refused(pg::Db& db) {
    World world{db};
    world.limited_class = "anonymous";
    world.limit = 3;
    const std::string paths[] = {"/api/v1/nothing", thing_path, "/api/v1/payments"};
    const std::string_view wants[] = {"404 not_found", "401 auth_required",
                                      "405 method_not_allowed"};
    for (std::size_t i = 0; i < std::size(paths); ++i) {
        const auto refused = co_await world.ask({.target = paths[i]});
        EXPECT_EQ(outcome(refused), wants[i]);
        EXPECT_EQ(header_of(refused, "RateLimit-Remaining"), std::to_string(2 - i)) << paths[i];
    }
    EXPECT_EQ(outcome(co_await world.ask({.target = thing_path})), "429 rate_limited");
}

Task<void> transactions(pg::Db& db) {
    World world{db};
    co_await world.prepare();
    struct Case {
        std::string name;
        std::string_view want;
        int runs;
        std::string_view names;  // in the table afterwards
    };
    const Case cases[] = {
        {"fine", "204", 1, "fine"},
        {"refuse", "409 conflict", 1, "fine"},  // rolled back
        {"keep", "409 conflict", 1, "fine keep"},
        {"keep", "409 thing_taken", 1, "fine keep"},  // by its constraint
        {"provider", "502 provider_error", 1, "fine keep"},
        {"broken", "500 internal_error", 1, "fine keep"},
        {"away", "503 unavailable", 1, "fine keep"},
        {"deadlocks", "500 internal_error", 4, "fine keep"},
        {"deadlock", "204", 3, "deadlock fine keep"},
    };
    for (const Case& c : cases) {
        world.runs = 0;
        const auto response = co_await world.post("/fail", c.name);
        EXPECT_EQ(outcome(response), c.want) << c.name;
        EXPECT_EQ(world.runs, c.runs) << c.name;
        EXPECT_EQ(co_await world.names(), c.names) << c.name;
        EXPECT_EQ(header_of(response, "Retry-After"), c.name == "away" ? "1" : "") << c.name;
    }
    EXPECT_EQ(world.notes.failures.size(), 2U);  // broken, deadlocks
}

Task<void> repeats(pg::Db& db) {
    World world{db};
    co_await world.prepare();
    const auto first = co_await world.post("/things", "a", "key-1");
    const auto second = co_await world.post("/things", "a", "key-1");
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(header_of(first, "Location"), "/api/v1/things/1");
    EXPECT_EQ(header_of(first, "Idempotent-Replayed"), "");
    EXPECT_EQ(second.status, 201);
    EXPECT_EQ(data_of(second), data_of(first));
    EXPECT_EQ(header_of(second, "Location"), header_of(first, "Location"));
    EXPECT_EQ(header_of(second, "X-Run"), "1");
    EXPECT_EQ(header_of(second, "Idempotent-Replayed"), "true");
    EXPECT_EQ(world.runs, 1);
    EXPECT_EQ(outcome(co_await world.post("/things", "b", "key-1")), "422 idempotency_mismatch");

    struct Case {
        std::string name;
        std::string_view want;
        int runs;  // of two requests with one key
    };
    const Case cases[] = {
        {"refuse", "409 conflict", 1},
        {"keep", "409 conflict", 1},
        {"a", "409 thing_taken", 1},
        {"provider", "502 provider_error", 2},  // may come right: not stored
        {"away", "503 unavailable", 2},
        {"broken", "500 internal_error", 2},
    };
    for (const Case& c : cases) {
        world.runs = 0;
        for (const auto* replayed : {"", "true"}) {
            const auto response = co_await world.post("/fail", c.name, "key-" + c.name);
            EXPECT_EQ(outcome(response), c.want) << c.name;
            EXPECT_EQ(header_of(response, "Idempotent-Replayed"), c.runs == 1 ? replayed : "")
                << c.name;
        }
        EXPECT_EQ(world.runs, c.runs) << c.name;
    }
    EXPECT_EQ(co_await world.names(), "a keep");
}

Task<void> leases(pg::Db& db) {
    World world{db};
    const std::pair<std::string, int> cases[] = {
        {"fine", 1},
        {"refuse", 1},
        {"provider", 2},
    };
    for (const auto& [name, runs] : cases) {
        world.runs = 0;
        const auto first = co_await world.post("/payments", name, "key-" + name);
        const auto second = co_await world.post("/payments", name, "key-" + name);
        EXPECT_EQ(outcome(first), outcome(second)) << name;
        EXPECT_EQ(world.runs, runs) << name;
        EXPECT_EQ(header_of(second, "Idempotent-Replayed"), runs == 1 ? "true" : "") << name;
    }
}

Task<void> post_row(World& world, std::string name, std::string key, Response& response) {
    response = co_await world.post("/rows", std::move(name), std::move(key));
}

using Calls = std::vector<std::pair<std::string, std::string>>;  // name and key

// All at once; their answers in the same order.
Task<std::vector<Response>> post_rows(asio::io_context& io, World& world, const Calls& calls) {
    std::vector<Response> responses(calls.size());
    TaskGroup group{io};
    for (std::size_t i = 0; i < calls.size(); ++i)
        group.spawn("post", post_row(world, calls[i].first, calls[i].second, responses[i]));
    co_await group.wait();
    co_return responses;
}

Task<void> groups(asio::io_context& io, pg::Db& db) {
    World world{db};
    co_await world.prepare();
    const Calls calls{{"a", "1"}, {"refuse", "2"}, {"c", "3"}, {"c", "3"}, {"d", ""}};
    const auto responses = co_await post_rows(io, world, calls);
    EXPECT_EQ(co_await world.names(), "a c d");
    std::vector<int> statuses;
    for (const Response& response : responses) statuses.push_back(response.status);
    EXPECT_EQ(statuses, (std::vector{201, 409, 201, 201, 201}));
    const auto replays = std::ranges::count_if(responses, [](const Response& response) {
        return header_of(response, "Idempotent-Replayed") == "true";
    });
    EXPECT_EQ(replays, 1);

    const int runs = world.runs;
    for (std::size_t i = 0; i < 4; ++i) {
        const Response again = co_await world.post("/rows", calls[i].first, calls[i].second);
        EXPECT_EQ(again.status, statuses[i]) << "the answer is kept";
    }
    EXPECT_EQ(world.runs, runs);
}

Task<void> broken_group(asio::io_context& io, pg::Db& db) {
    World world{db};
    co_await world.prepare();
    const auto responses =
        co_await post_rows(io, world, {{"a", "1"}, {"b", "2"}, {"b", "3"}, {"d", ""}});
    EXPECT_EQ(co_await world.names(), "a b d");
    EXPECT_EQ(responses[0].status, 201);
    EXPECT_EQ(responses[1].status + responses[2].status, 201 + 409);
    EXPECT_EQ(responses[3].status, 201);
}

TEST(Edge, AViolationIsToldToTheOneWhoseItIs) { test::TestDatabase{}.run(broken_group); }
TEST(Edge, GroupsAnswerEachForHimself) { test::TestDatabase{}.run(groups); }
TEST(Edge, GuardsInOrder) { test::TestDatabase{}.run(guards); }
TEST(Edge, Envelopes) { test::TestDatabase{}.run(envelopes); }
TEST(Edge, MethodsHeadAndOptions) { test::TestDatabase{}.run(methods); }
TEST(Edge, CrossOrigin) { test::TestDatabase{}.run(cross_origin); }
TEST(Edge, Conditions) { test::TestDatabase{}.run(conditions); }
TEST(Edge, Rates) { test::TestDatabase{}.run(rates); }
TEST(Edge, RatesOfTheRefused) { test::TestDatabase{}.run(rates_of_the_refused); }
TEST(Edge, Transactions) { test::TestDatabase{}.run(transactions); }
TEST(Edge, RepeatsByKey) { test::TestDatabase{}.run(repeats); }
TEST(Edge, RepeatsUnderLease) { test::TestDatabase{}.run(leases); }

}  // namespace
}  // namespace taama::http
