#pragma once

// Objects in a directory of this machine. Blocking: call it on the work pool.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace taama::files {

class LocalStore {
public:
    // Makes the directory when it is absent.
    explicit LocalStore(std::filesystem::path directory);

    // Keys are [A-Za-z0-9_.-]+ with at most one '/'; anything else asserts. An object appears whole
    // or not at all, and survives a power cut once put() has returned.
    void put(std::string_view key, std::string_view bytes);
    std::optional<std::string> get(std::string_view key) const;
    std::optional<std::uint64_t> size(std::string_view key) const;
    void remove(std::string_view key);  // absent: nothing

    const std::filesystem::path& directory() const { return directory_; }

private:
    std::filesystem::path path_of(std::string_view key) const;
    std::filesystem::path directory_;
};

}  // namespace taama::files
