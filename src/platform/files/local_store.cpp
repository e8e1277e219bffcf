#include "platform/files/local_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "platform/assert.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/crypto/random.hpp"

namespace taama::files {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_length_max = 200;

[[noreturn]] void fail(const fs::path& path, int error) {
    throw std::system_error{error, std::generic_category(), path.string()};
}

class Descriptor {
public:
    Descriptor(const fs::path& path, int flags, mode_t mode = 0)
        : number_(open(path.c_str(), flags | O_CLOEXEC, mode)) {}
    ~Descriptor() {
        if (is_open()) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }

private:
    int number_;
};

void sync_directory(const fs::path& path) {
    const Descriptor directory{path, O_RDONLY | O_DIRECTORY};
    if (!directory.is_open() || fsync(directory.number()) != 0) fail(path, errno);
}

void write_and_sync(const fs::path& path, std::string_view content) {
    const Descriptor file{path, O_WRONLY | O_CREAT | O_EXCL, 0600};
    if (!file.is_open()) fail(path, errno);
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t written = write(file.number(), content.data() + done, content.size() - done);
        if (written < 0 && errno != EINTR) fail(path, errno);
        if (written > 0) done += static_cast<std::size_t>(written);
    }
    if (fsync(file.number()) != 0) fail(path, errno);
}

bool is_name(std::string_view part) {
    return !part.empty() && part.front() != '.' && std::ranges::all_of(part, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

bool is_key(std::string_view text) {
    if (text.size() > key_length_max) return false;
    const auto slash = text.find('/');
    return slash == std::string_view::npos
               ? is_name(text)
               : is_name(text.substr(0, slash)) && is_name(text.substr(slash + 1));
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
    const fs::path folder = target.parent_path();
    if (fs::create_directories(folder)) sync_directory(directory_);
    // The leading dot keeps it out of the reach of every key.
    const fs::path partial = folder / fmt::format(".{}", crypto::to_hex(crypto::random_bytes(16)));
    try {
        write_and_sync(partial, bytes);
        fs::rename(partial, target);
    } catch (...) {
        std::error_code ignored;
        fs::remove(partial, ignored);
        throw;
    }
    sync_directory(folder);
}

std::optional<std::string> LocalStore::get(std::string_view key) const {
    const fs::path path = path_of(key);
    const Descriptor file{path, O_RDONLY};
    if (!file.is_open()) {
        if (errno == ENOENT) return std::nullopt;
        fail(path, errno);
    }
    struct stat facts{};
    if (fstat(file.number(), &facts) != 0) fail(path, errno);
    std::string content(static_cast<std::size_t>(facts.st_size), '\0');
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t count = read(file.number(), content.data() + done, content.size() - done);
        if (count < 0 && errno != EINTR) fail(path, errno);
        if (count == 0) fail(path, EIO);
        if (count > 0) done += static_cast<std::size_t>(count);
    }
    return content;
}

std::optional<std::uint64_t> LocalStore::size(std::string_view key) const {
    struct stat facts{};
    const fs::path path = path_of(key);
    if (stat(path.c_str(), &facts) == 0) return static_cast<std::uint64_t>(facts.st_size);
    if (errno == ENOENT) return std::nullopt;
    fail(path, errno);
}

void LocalStore::remove(std::string_view key) { fs::remove(path_of(key)); }

}  // namespace taama::files
