#pragma once

// Child processes: PostgreSQL's server and tools, run as the system user that owns a cluster.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace taama::app {

struct SystemUser {
    std::string name;
    uid_t user_id;
    gid_t group_id;

    static SystemUser current();
    static std::optional<SystemUser> find(const std::string& name);

    bool operator==(const SystemUser&) const = default;
};

// A process of this machine, held by a descriptor: its number may be given to another process one
// day, the descriptor never is.
class SystemProcess {
public:
    // Empty when no such process exists.
    static std::optional<SystemProcess> find(pid_t id);

    SystemProcess(SystemProcess&& other) noexcept;
    SystemProcess& operator=(SystemProcess&& other) noexcept;
    ~SystemProcess();

    pid_t id() const { return id_; }

    // True when it ended within `timeout`. A child of ours is reaped by that.
    bool ended(std::chrono::milliseconds timeout = {});
    // Does nothing when it has ended.
    void signal(int number);

    // Empty when the process has ended or belongs to somebody else.
    std::filesystem::path working_directory() const;
    std::filesystem::path program() const;

private:
    SystemProcess(pid_t id, int descriptor) : id_(id), descriptor_(descriptor) {}

    pid_t id_;
    int descriptor_;
};

struct Command {
    std::vector<std::string> arguments;  // the first is the program's absolute path
    SystemUser user;
    std::filesystem::path log;  // standard output and standard error are appended here
    std::string input;          // standard input; at most a page
};

// Starts a process that outlives us. It has a session of its own, so that Ctrl-C at our terminal
// does not reach it, and none of our descriptors, so that it never keeps our port open after us.
SystemProcess start(const Command& command);

// Runs a command to its end and returns its exit code (128 + signal when it was killed). It is
// killed when our thread dies first.
int run(const Command& command);

}  // namespace taama::app
