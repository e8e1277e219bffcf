#pragma once

// Where the files of a private PostgreSQL cluster are, and which system user owns them.

#include <filesystem>
#include <string>
#include <string_view>

#include "app/database/system_process.hpp"

namespace taama::app {

struct ClusterLayout {
    std::filesystem::path data_directory;  // Taama's own; locks and the log are here
    std::filesystem::path cluster;         // PostgreSQL's data directory
    std::filesystem::path sockets;         // mode 0700: who may enter it may connect
    std::filesystem::path log;
    SystemUser owner;
    // Why the cluster is not below the data directory; empty when it is.
    std::string moved_because;
};

// `<data directory>/postgres`, owned by whoever runs us. PostgreSQL refuses to run as root: then
// the user `postgres` owns it, and where that user cannot reach the data directory (below /root,
// say) the cluster is in /var/lib/taama-<hash of the path>. Makes the data directory. Throws
// std::runtime_error when there is no user `postgres`.
ClusterLayout lay_out_cluster(const std::filesystem::path& data_directory);

// Whether `user` can enter `directory` and everything above it, by owner, group and mode.
bool can_reach(const SystemUser& user, const std::filesystem::path& directory);

// Whether a socket in `directory` has a name that the kernel and libpq's URLs can carry.
bool can_hold_socket(const std::filesystem::path& directory);

// 16 hexadecimal digits that stand for a path (FNV-1a), the same on every run and build.
std::string short_name(std::string_view path);

}  // namespace taama::app
