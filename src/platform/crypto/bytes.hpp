#pragma once

// Bytes that are read in place: a text, a vector or an array converts to a view by itself.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taama::crypto {

using Bytes = std::vector<std::uint8_t>;
using Digest = std::array<std::uint8_t, 32>;

class ByteView {
public:
    ByteView(std::string_view text)
        : data_(reinterpret_cast<const std::uint8_t*>(text.data())), size_(text.size()) {}
    ByteView(const std::string& text) : ByteView(std::string_view{text}) {}
    ByteView(const char* text) : ByteView(std::string_view{text}) {}
    ByteView(std::span<const std::uint8_t> bytes) : data_(bytes.data()), size_(bytes.size()) {}
    ByteView(const Bytes& bytes) : data_(bytes.data()), size_(bytes.size()) {}
    template <std::size_t size>
    ByteView(const std::array<std::uint8_t, size>& bytes) : data_(bytes.data()), size_(size) {}

    const std::uint8_t* data() const { return data_; }
    std::size_t size() const { return size_; }
    const std::uint8_t* begin() const { return data_; }
    const std::uint8_t* end() const { return data_ + size_; }
    std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

}  // namespace taama::crypto
