#pragma once

// Request bodies and query strings that are wrong in every way their schema leaves open.

#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/json_schema.hpp"

namespace taama::test {

// A value that a schema allows; `by_name` may answer for fields whose form the schema does not tell
// (a phone), undefined by a null.
class Samples {
public:
    using ByName = std::function<boost::json::value(std::string_view field)>;
    Samples(const JsonSchema& schemas, ByName by_name)
        : schemas_(schemas), by_name_(std::move(by_name)) {}

    boost::json::value of(const boost::json::value& schema, std::string_view field = {}) const;

    // Whole bodies, as bytes: the sample with one thing wrong in each.
    std::vector<std::string> wrong_bodies(const boost::json::value& schema) const;

private:
    void spoil(const boost::json::value& schema, const boost::json::value& root,
               const std::string& pointer, int depth, std::vector<std::string>& bodies) const;

    const JsonSchema& schemas_;
    ByName by_name_;
};

// Bodies that are wrong for every operation that takes JSON.
std::vector<std::string> hopeless_bodies();
// Values of a query parameter, encoded.
std::vector<std::string> odd_query_values();

}  // namespace taama::test
