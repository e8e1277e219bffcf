#pragma once

// Holds every answer of the server against the server's own OpenAPI document and the envelope.

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_client.hpp"
#include "tests/support/json_schema.hpp"

namespace taama::test {

class OpenApiValidator final : public ResponseCheck {
public:
    // Throws when `document` has not the form of an OpenAPI document.
    explicit OpenApiValidator(boost::json::value document);
    OpenApiValidator(const OpenApiValidator&) = delete;

    // Adds a test failure for each problem. Any thread.
    void check(const Request& request, const Response& response) const override;

    std::vector<std::string> problems(const Request& request, const Response& response) const;

    struct Operation {
        std::string method;                 // "GET"
        std::string path;                   // "/api/v1/trips/{id}"
        std::vector<std::string> segments;  // of the path
        const boost::json::object* spec;
        bool is_alias = false;
    };
    const std::vector<Operation>& operations() const { return operations_; }
    const Operation* find(std::string_view method, std::string_view path) const;
    const boost::json::value& document() const { return document_; }
    const JsonSchema& schemas() const { return schemas_; }
    // The schema of an operation's JSON request body; null when it takes none.
    const boost::json::value* body_schema(const Operation& operation) const;

private:
    void check_envelope(const Request& request, const Response& response,
                        std::vector<std::string>& problems) const;
    void check_schema(const Operation& operation, const Response& response,
                      std::vector<std::string>& problems) const;

    boost::json::value document_;
    JsonSchema schemas_;
    std::vector<Operation> operations_;
};

// The path of a target in its canonical spelling: without query, `/api/X` and `/auth/X` as
// `/api/v1/…`.
std::string canonical_target(std::string_view target);

}  // namespace taama::test
