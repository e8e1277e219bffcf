#include "tests/support/json_schema.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <regex>
#include <set>
#include <stdexcept>

#include "platform/id.hpp"
#include "platform/time/time.hpp"

namespace taama::test {

namespace json = boost::json;

namespace {

bool has_type(const json::value& instance, std::string_view type) {
    if (type == "null") return instance.is_null();
    if (type == "boolean") return instance.is_bool();
    if (type == "string") return instance.is_string();
    if (type == "array") return instance.is_array();
    if (type == "object") return instance.is_object();
    if (type == "number") return instance.is_number();
    if (type != "integer") return false;
    if (instance.is_double()) return std::trunc(instance.get_double()) == instance.get_double();
    return instance.is_number();
}

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool has_format(std::string_view text, std::string_view format) {
    if (format == "uuid") return is_uuid(text);
    if (format == "date-time") return text.ends_with('Z') && parse_utc_time(text).has_value();
    if (format == "date") return parse_date(text).has_value();
    if (format == "email") return text.contains('@');
    if (format == "uri") return text.contains(':');
    return true;  // password, binary: nothing to see in the text
}

// Annotations, which say nothing about an instance.
const std::set<std::string_view> annotations{"description", "title",      "default",   "example",
                                             "examples",    "deprecated", "readOnly",  "writeOnly",
                                             "$comment",    "nullable",   "x-alias-of"};

}  // namespace

bool is_uuid(std::string_view text) {
    static const std::regex form{"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"};
    return std::regex_match(text.begin(), text.end(), form);
}

struct JsonSchema::Check {
    const JsonSchema& schemas;
    std::vector<std::string> found{};

    void report(const std::string& at, std::string what) {
        found.push_back((at.empty() ? "/" : at) + ": " + std::move(what));
    }

    bool fits(const json::value& schema, const json::value& instance) const {
        Check alone{schemas};
        alone.run(schema, instance, "");
        return alone.found.empty();
    }

    void run(const json::value& schema, const json::value& instance, const std::string& at) {
        if (schema.is_bool()) {
            if (!schema.get_bool()) report(at, "may not be here");
            return;
        }
        const json::object& rules = schemas.resolve(schema);
        for (const auto& [keyword, value] : rules) apply(rules, keyword, value, instance, at);
    }

    void apply(const json::object& rules, std::string_view keyword, const json::value& value,
               const json::value& instance, const std::string& at) {
        if (annotations.contains(keyword) || keyword == "additionalProperties") return;
        if (keyword == "type") return type(value, instance, at);
        if (keyword == "enum") return one_of_values(value, instance, at);
        if (keyword == "const") {
            if (value != instance) report(at, "is not " + json::serialize(value));
        } else if (keyword == "anyOf" || keyword == "oneOf" || keyword == "allOf") {
            combine(keyword, value.as_array(), instance, at);
        } else if (keyword == "properties" || keyword == "required") {
            if (instance.is_object()) members(rules, keyword, value, instance.get_object(), at);
        } else if (keyword == "items" || keyword == "minItems" || keyword == "maxItems") {
            if (instance.is_array()) list(keyword, value, instance.get_array(), at);
        } else if (!text_or_number(keyword, value, instance, at)) {
            report(at, "schema keyword unknown to the tests: " + std::string{keyword});
        }
    }

    void type(const json::value& value, const json::value& instance, const std::string& at) {
        const bool fits = value.is_array()
                              ? std::ranges::any_of(value.get_array(),
                                                    [&](const json::value& one) {
                                                        return has_type(instance, one.as_string());
                                                    })
                              : has_type(instance, value.as_string());
        if (!fits)
            report(at, "is " + json::serialize(instance).substr(0, 80) + ", not " +
                           json::serialize(value));
    }

    void one_of_values(const json::value& value, const json::value& instance,
                       const std::string& at) {
        if (std::ranges::find(value.as_array(), instance) == value.as_array().end())
            report(at, json::serialize(instance) + " is not in " + json::serialize(value));
    }

    void combine(std::string_view keyword, const json::array& parts, const json::value& instance,
                 const std::string& at) {
        if (keyword == "allOf") {
            for (const auto& part : parts) run(part, instance, at);
            return;
        }
        const auto fitting = std::ranges::count_if(
            parts, [&](const json::value& part) { return fits(part, instance); });
        if (fitting == 0 || (keyword == "oneOf" && fitting != 1)) {
            report(at, "fits " + std::to_string(fitting) + " of " + std::string{keyword});
            // The closest alternative says most about what is wrong.
            for (const auto& part : parts) {
                Check alone{schemas};
                alone.run(part, instance, at);
                if (!instance.is_null()) std::ranges::copy(alone.found, std::back_inserter(found));
            }
        }
    }

    void members(const json::object& rules, std::string_view keyword, const json::value& value,
                 const json::object& instance, const std::string& at) {
        if (keyword == "required") {
            for (const auto& name : value.as_array())
                if (!instance.contains(name.as_string()))
                    report(at, "lacks " + std::string{name.as_string()});
            return;
        }
        const json::object& properties = value.as_object();
        for (const auto& [name, member] : instance) {
            const std::string place = at + "/" + std::string{name};
            if (const auto* schema = properties.if_contains(name))
                run(*schema, member, place);
            else if (const auto* other = rules.if_contains("additionalProperties"))
                run(*other, member, place);
        }
    }

    void list(std::string_view keyword, const json::value& value, const json::array& instance,
              const std::string& at) {
        if (keyword == "minItems" && instance.size() < value.to_number<std::size_t>())
            report(at, "has too few items");
        if (keyword == "maxItems" && instance.size() > value.to_number<std::size_t>())
            report(at, "has too many items");
        if (keyword == "items")
            for (std::size_t i = 0; i < instance.size(); ++i)
                run(value, instance[i], at + "/" + std::to_string(i));
    }

    bool text_or_number(std::string_view keyword, const json::value& value,
                        const json::value& instance, const std::string& at) {
        const std::string shown = json::serialize(instance).substr(0, 80);
        const std::string_view text =
            instance.is_string() ? std::string_view{instance.get_string()} : std::string_view{};
        if (keyword == "format") {
            const std::string_view format = value.as_string();
            if (instance.is_string() && !has_format(text, format))
                report(at, shown + " is no " + std::string{format});
        } else if (keyword == "minLength") {
            if (instance.is_string() && code_points(text) < value.to_number<std::size_t>())
                report(at, shown + " is too short");
        } else if (keyword == "maxLength") {
            if (instance.is_string() && code_points(text) > value.to_number<std::size_t>())
                report(at, shown + " is too long");
        } else if (keyword == "pattern") {
            const std::regex pattern{std::string{value.as_string()}};
            if (instance.is_string() && !std::regex_search(text.begin(), text.end(), pattern))
                report(at, shown + " has another form");
        } else if (keyword == "minimum") {
            if (instance.is_number() && instance.to_number<double>() < value.to_number<double>())
                report(at, shown + " is too small");
        } else if (keyword == "maximum") {
            if (instance.is_number() && instance.to_number<double>() > value.to_number<double>())
                report(at, shown + " is too great");
        } else {
            return false;
        }
        return true;
    }
};

const json::object& JsonSchema::resolve(const json::value& schema) const {
    const json::object* rules = &schema.as_object();
    while (const auto* reference = rules->if_contains("$ref")) {
        const std::string_view pointer = reference->as_string();
        boost::system::error_code missing;
        const auto* target = document_.find_pointer(pointer.substr(1), missing);
        if (!target) throw std::runtime_error("the document has no " + std::string{pointer});
        rules = &target->as_object();
    }
    return *rules;
}

std::vector<std::string> JsonSchema::problems(const json::value& schema,
                                              const json::value& instance) const {
    Check check{*this};
    check.run(schema, instance, "");
    return std::move(check.found);
}

}  // namespace taama::test
