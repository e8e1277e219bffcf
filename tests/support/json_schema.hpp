#pragma once

// JSON Schema as far as the program's OpenAPI document uses it. A keyword that is not known here is
// reported as a problem: a check that silently skips would be none.

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace taama::test {

class JsonSchema {
public:
    // `document` holds what `$ref: "#/…"` points to and must outlive this.
    explicit JsonSchema(const boost::json::value& document) : document_(document) {}

    // What is wrong with `instance`, each with its place ("/data/seats: …"); empty when nothing is.
    std::vector<std::string> problems(const boost::json::value& schema,
                                      const boost::json::value& instance) const;

    const boost::json::object& resolve(const boost::json::value& schema) const;

private:
    struct Check;
    const boost::json::value& document_;
};

bool is_uuid(std::string_view text);

}  // namespace taama::test
