#include "platform/files/local_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

#include "platform/assert.hpp"
#include "platform/id.hpp"

namespace taama::files {

namespace {

namespace fs = std::filesystem;

// Two levels of 256 folders keep each small: "ab/abcd…".
bool is_key(std::string_view key) {
    return !key.empty() && key.size() <= 200 && key.front() != '.' && key.front() != '/' &&
           std::ranges::count(key, '/') <= 1 && key.find("..") == std::string_view::npos &&
           std::ranges::all_of(key, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '_' || c == '-' || c == '.' || c == '/';
           });
}

[[noreturn]] void fail(const fs::path& path, const char* what) {
    throw std::system_error{errno, std::generic_category(), path.string() + ": " + what};
}

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) close(number);
    }
};

void sync_directory(const fs::path& path) {
    const Descriptor directory{open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (directory.number >= 0) fsync(directory.number);
}

}  // namespace

LocalStore::LocalStore(fs::path directory) : directory_(std::move(directory)) {
    fs::create_directories(directory_);
}

fs::path LocalStore::path_of(std::string_view key) const {
    ASSERT(is_key(key));
    return directory_ / key;
}

void LocalStore::put(std::string_view key, std::string_view bytes) {
    const fs::path target = path_of(key);
    fs::create_directories(target.parent_path());
    const fs::path partial = target.string() + "." + Uuid::make().to_string() + ".part";
    {
        const Descriptor file{
            open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
        if (file.number < 0) fail(partial, "open");
        while (!bytes.empty()) {
            const ssize_t written = write(file.number, bytes.data(), bytes.size());
            if (written < 0) fail(partial, "write");
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        if (fsync(file.number) != 0) fail(partial, "fsync");
    }
    fs::rename(partial, target);
    sync_directory(target.parent_path());
}

std::optional<std::string> LocalStore::get(std::string_view key) const {
    std::ifstream file{path_of(key), std::ios::binary};
    if (!file) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

std::optional<std::uint64_t> LocalStore::size(std::string_view key) const {
    std::error_code error;
    const auto bytes = fs::file_size(path_of(key), error);
    return error ? std::nullopt : std::optional<std::uint64_t>{bytes};
}

void LocalStore::remove(std::string_view key) {
    std::error_code ignored;
    fs::remove(path_of(key), ignored);
}

}  // namespace taama::files
