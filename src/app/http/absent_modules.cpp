#include "app/http/absent_modules.hpp"

#include <algorithm>

namespace taama::app {

namespace {

constexpr std::string_view prefix = "/api/v1/";

struct AbsentModule {
    std::string_view name;
    std::string_view first_segment;  // of its paths
};

constexpr AbsentModule absent_modules[] = {
    {"rides", "rides"},    {"rides", "drivers"},       {"rides", "transport"},
    {"orders", "stores"},  {"orders", "products"},     {"orders", "categories"},
    {"orders", "orders"},  {"orders", "deliveries"},   {"rental", "cars"},
    {"rental", "clients"}, {"rental", "reservations"}, {"rental", "managers"},
    {"rental", "rental"},  {"fleet", "fleet"},         {"fleet", "bolt"},
};

}  // namespace

bool is_of_absent_module(std::string_view path) {
    if (!path.starts_with(prefix)) return false;
    path.remove_prefix(prefix.size());
    const std::string_view segment = path.substr(0, path.find('/'));
    return std::ranges::find(absent_modules, segment, &AbsentModule::first_segment) !=
           std::end(absent_modules);
}

}  // namespace taama::app
