#pragma once

// The private PostgreSQL cluster of a data directory, never the machine's own. It listens on a Unix
// socket that only its owner (and root) can reach.
//
// Several programs may use one cluster: `taama serve`, and meanwhile `taama check-ledger`. Each
// holds a share of `<data directory>/postgres.users`; who leaves last stops the server. A program
// that was killed gives its share back and leaves the server running; the next one finds it and
// goes on with it.

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "app/database/cluster_layout.hpp"
#include "app/database/file_lock.hpp"
#include "app/database/system_process.hpp"

namespace taama::app {

struct ClusterOptions {
    std::filesystem::path data_directory;
    // For tests only: nothing is flushed to disk, so a power cut may destroy it.
    bool fast = false;
};

enum class ClusterStart { already_running, started };
enum class ClusterStop { was_not_running, stopped, in_use };

class Cluster {
public:
    // Makes the data directory, starts nothing.
    explicit Cluster(ClusterOptions options);

    // Makes the cluster where there is none, clears what a crash left behind, starts the server and
    // waits until it takes connections (at most 30 s). Any thread. Throws std::runtime_error with
    // the end of the server's log; a `cancelled` wait counts as that too.
    ClusterStart start(std::stop_token cancelled = {});

    // Gives up our share, and stops the server unless another program has one.
    ClusterStop stop();

    // stop() without waiting for a checkpoint, then deletes the cluster.
    ClusterStop remove();

    // Empty when the server does not run.
    std::optional<SystemProcess> find_server() const;

    // A libpq URI. The user `taama` owns the cluster.
    std::string url(std::string_view database = "taama") const;

    const ClusterLayout& layout() const { return layout_; }

private:
    bool is_initialised() const;
    void initialise();
    void check_version() const;
    void make_socket_directory() const;
    void clear_remains() const;
    SystemProcess launch() const;
    void wait_until_ready(SystemProcess& server, const std::stop_token& cancelled) const;
    ClusterStop stop_with(int signal);
    std::string end_of_log() const;

    ClusterLayout layout_;
    bool fast_;
    FileLock users_;
};

}  // namespace taama::app
