#pragma once

// A column of JSON that a statement builds from several rows or a related one: described structs
// come out.

#include <optional>

#include "platform/assert.hpp"
#include "platform/json/codec.hpp"

namespace taama::carpool {

template <class T>
struct JsonColumn {
    T value{};

    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};

// What does not parse is a statement that disagrees with its type.
template <class T>
void decode(std::string_view text, JsonColumn<T>& out) {
    const auto node = json::parse(text);
    ASSERT(node.has_value());
    const json::ReadContext context;
    json::Problems problems;
    json::Reader reader{context, problems};
    json::Codec<T>::read(reader, *node, out.value);
    ASSERT(problems.empty());
}

}  // namespace taama::carpool
