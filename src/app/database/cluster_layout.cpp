#include "app/database/cluster_layout.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace taama::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t socket_path_length_max = 107;  // sun_path, without its final zero
constexpr std::string_view socket_file = "/.s.PGSQL.5432";

SystemUser cluster_owner() {
    SystemUser user = SystemUser::current();
    if (user.user_id != 0) return user;
    if (auto postgres = SystemUser::find("postgres")) return *postgres;
    throw std::runtime_error(
        "PostgreSQL does not run as root, and there is no user `postgres` to run it as: install "
        "postgresql-15 or start taama as an ordinary user");
}

// The directory of systemd's session is cleaned up for us and on tmpfs; not every machine has it.
fs::path short_socket_directory(const fs::path& cluster, const SystemUser& owner) {
    const fs::path session = fmt::format("/run/user/{}", owner.user_id);
    const bool has_session = access(session.c_str(), W_OK) == 0 && owner.user_id != 0;
    return (has_session ? session : fs::path{"/tmp"}) /
           fmt::format("taama-{}-{}", owner.user_id, short_name(cluster.native()));
}

bool enters(const SystemUser& user, const fs::path& directory) {
    struct stat found;
    if (stat(directory.c_str(), &found) != 0) return false;
    if (found.st_uid == user.user_id) return (found.st_mode & S_IXUSR) != 0;
    if (found.st_gid == user.group_id) return (found.st_mode & S_IXGRP) != 0;
    return (found.st_mode & S_IXOTH) != 0;
}

}  // namespace

ClusterLayout lay_out_cluster(const fs::path& data_directory) {
    fs::create_directories(data_directory);
    const fs::path data = fs::canonical(data_directory);
    ClusterLayout layout{.data_directory = data,
                         .cluster = data / "postgres",
                         .sockets = data / "postgres-socket",
                         .log = data / "postgres.log",
                         .owner = cluster_owner(),
                         .moved_because = {}};
    if (!can_reach(layout.owner, data)) {
        const fs::path elsewhere = "/var/lib/taama-" + short_name(data.native());
        layout.moved_because =
            fmt::format("user {} cannot enter {}", layout.owner.name, data.native());
        layout.cluster = elsewhere / "postgres";
        layout.sockets = elsewhere / "postgres-socket";
    }
    if (!can_hold_socket(layout.sockets))
        layout.sockets = short_socket_directory(layout.cluster, layout.owner);
    return layout;
}

bool can_reach(const SystemUser& user, const fs::path& directory) {
    for (fs::path each = directory;; each = each.parent_path()) {
        if (!enters(user, each)) return false;
        if (each == each.parent_path()) return true;
    }
}

bool can_hold_socket(const fs::path& directory) {
    // libpq reads commas as a list of hosts; the rest would have to be escaped in a URL.
    const auto plain = [](unsigned char c) {
        return std::isalnum(c) || std::string_view{"/._-"}.contains(static_cast<char>(c));
    };
    return directory.native().size() + socket_file.size() <= socket_path_length_max &&
           std::ranges::all_of(directory.native(), plain);
}

std::string short_name(std::string_view path) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const unsigned char c : path) hash = (hash ^ c) * 1099511628211ULL;
    return fmt::format("{:016x}", hash);
}

}  // namespace taama::app
