// Walks every operation of the OpenAPI document with bad input: never a 5xx, always the envelope.
// The envelope and the schema of each answer are checked by the client itself.

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"
#include "tests/journeys/malformed_bodies.hpp"

namespace taama::test {
namespace {

namespace json = boost::json;
using Operation = OpenApiValidator::Operation;

constexpr int parts = 6;  // so that shards share the walk

class MalformedInput : public testing::TestWithParam<int> {
protected:
    ServerProcess& server = shared_server();
    Person person = sign_up_with_password(server);
    Person super = staff(server, "super");
    std::string vehicle = add_vehicle(person);
    std::string trip =
        person.http.post("/api/v1/trips", new_trip(server, {{"status", "draft"}})).text("/data/id");

    // Operations may end our own session or lock us out: we come back.
    Person& caller_of(const Operation& operation) {
        const bool by_staff = operation.path.contains("/admin/");
        Person& caller = by_staff ? super : person;
        if (caller.http.get("/api/v1/me").status != 200) {
            if (by_staff)
                super = staff(server, "super");
            else
                person = sign_up(server);
        }
        return by_staff ? super : person;
    }

    std::string path_of(const Operation& operation) const {
        std::string path;
        for (std::size_t i = 0; i < operation.segments.size(); ++i) {
            std::string segment = operation.segments[i];
            if (segment.starts_with('{')) {
                const std::string& parent = operation.segments[i - 1];
                segment = parent == "trips"      ? trip
                          : parent == "vehicles" ? vehicle
                          : parent == "users"    ? person.id
                                                 : "00000000-0000-4000-8000-000000000000";
            }
            path += "/" + segment;
        }
        return path;
    }

    Samples samples() const {
        return {server.validator().schemas(), [this](std::string_view field) -> json::value {
                    if (field == "phone") return json::string{unique_phone()};
                    if (field == "email") return json::string{unique_email()};
                    if (field == "plate_number") return json::string{unique_plate()};
                    if (field == "trip_id") return json::string{trip};
                    if (field == "vehicle_id") return json::string{vehicle};
                    return nullptr;
                }};
    }

    void send(Person& caller, const Operation& operation, const std::string& target,
              const std::string& body = {}, std::string_view type = "application/json") {
        Request request{
            .method = operation.method, .target = target, .body = body, .headers = key()};
        if (!type.empty() && operation.method != "GET")
            request.headers.emplace_back("Content-Type", type);
        const Response answer = caller.http.send(std::move(request));
        ++sent;
        EXPECT_LT(answer.status, 500)
            << operation.method << ' ' << target << ' ' << body.substr(0, 600) << "\n"
            << answer.brief();
    }

    void walk_body(Person& caller, const Operation& operation) {
        const std::string path = path_of(operation);
        const auto* schema = server.validator().body_schema(operation);
        if (!schema) return;
        for (const std::string& body : hopeless_bodies()) send(caller, operation, path, body);
        const std::string sample = json::serialize(samples().of(*schema));
        for (const char* type :
             {"", "text/plain", "application/xml", "application/json; charset=latin-1",
              "multipart/form-data; boundary=x", "application/jsonx"})
            send(caller, operation, path, sample, type);
        // An alias is the same handler.
        if (operation.is_alias) return;
        for (const std::string& body : samples().wrong_bodies(*schema)) {
            send(caller, operation, path, body);
            if (HasFatalFailure()) return;
        }
    }

    void walk_query(Person& caller, const Operation& operation) {
        const std::string path = path_of(operation);
        send(caller, operation, path + "?unheard_of=1");
        send(caller, operation, path + "?&&==&%3D");
        const auto* parameters = operation.spec->if_contains("parameters");
        if (!parameters || operation.is_alias) return;
        for (const auto& parameter : parameters->as_array()) {
            if (parameter.at("in") != "query") continue;
            const std::string name = encode(parameter.at("name").as_string());
            for (const std::string& value : odd_query_values())
                send(caller, operation, path + "?" + name + "=" + value);
            send(caller, operation, path + "?" + name + "=1&" + name + "=2");
        }
    }

    void walk_paths(Person& caller, const Operation& operation) {
        for (const char* odd : {"x", "%00", "%ff", "..", "00000000-0000-4000-8000-00000000000Z",
                                "00000000-0000-4000-8000-000000000000-1", "%F0%9F%8C%8D"}) {
            std::string path;
            for (const std::string& segment : operation.segments)
                path += "/" + (segment.starts_with('{') ? std::string{odd} : segment);
            if (path.contains(odd)) send(caller, operation, path, "{}");
        }
    }

    int sent = 0;
};

TEST_P(MalformedInput, NeverBreaksTheServer_S1_017_S1_030) {
    const auto& operations = server.validator().operations();
    for (std::size_t i = static_cast<std::size_t>(GetParam()); i < operations.size(); i += parts) {
        const Operation& operation = operations[i];
        SCOPED_TRACE(operation.method + " " + operation.path);
        Person& caller = caller_of(operation);
        walk_paths(caller, operation);
        walk_query(caller, operation);
        walk_body(caller, operation);
        auto nobody = server.client();
        EXPECT_LT(nobody
                      .send({operation.method,
                             path_of(operation),
                             "{}",
                             {{"Content-Type", "application/json"}}})
                      .status,
                  500);
    }
    EXPECT_TRUE(server.runs());
    RecordProperty("requests", sent);
}

INSTANTIATE_TEST_SUITE_P(Part, MalformedInput, testing::Range(0, parts));

}  // namespace
}  // namespace taama::test
