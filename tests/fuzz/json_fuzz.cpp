// Any bytes as a request body: refused or read, and what was read again has the same form.

#include "platform/assert.hpp"
#include "platform/json/fields.hpp"
#include "platform/json/node.hpp"

namespace {

using namespace taama;

std::size_t depth_of(const json::Node& node) {
    std::size_t deepest = 0;
    for (const json::Node& item : node.items) deepest = std::max(deepest, depth_of(item));
    for (const auto& [name, member] : node.members) deepest = std::max(deepest, depth_of(member));
    return 1 + deepest;
}

template <class T>
void read_as(const json::Node& node) {
    const json::ReadContext context;
    json::Problems problems;
    json::Reader reader{context, problems};
    T value{};
    json::Codec<T>::read(reader, node, value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto node = json::parse({reinterpret_cast<const char*>(data), size});
    if (!node) return 0;
    ASSERT(depth_of(*node) <= json::max_depth + 1);
    read_as<json::Position>(*node);
    read_as<std::vector<Money>>(*node);
    read_as<UtcTime>(*node);
    read_as<json::Phone>(*node);
    read_as<json::Email>(*node);
    read_as<json::Int<1, 8>>(*node);
    read_as<json::Text<1, 200>>(*node);
    return 0;
}
