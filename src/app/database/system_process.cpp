#include "app/database/system_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {  // which glibc 2.36 forgets
#include <sys/pidfd.h>
}

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace taama::app {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

SystemUser to_user(const passwd& entry) {
    return {.name = entry.pw_name, .user_id = entry.pw_uid, .group_id = entry.pw_gid};
}

std::vector<gid_t> groups_of(const SystemUser& user) {
    int count = 64;
    std::vector<gid_t> groups(count);
    while (getgrouplist(user.name.c_str(), user.group_id, groups.data(), &count) < 0)
        groups.resize(count);
    groups.resize(count);
    return groups;
}

// Everything the child needs, made before fork: between fork and exec nothing may allocate.
struct Launch {
    std::vector<char*> arguments;
    std::vector<gid_t> groups;
    uid_t user_id;
    gid_t group_id;
    bool changes_user;
    bool dies_with_parent;
    pid_t parent;
    int input;
    int log;
};

// The servers' messages and sort orders must not depend on who starts them.
char* environment[] = {const_cast<char*>("PATH=/usr/bin:/bin"), const_cast<char*>("LC_ALL=C.UTF-8"),
                       nullptr};

[[noreturn]] void become(const Launch& launch) {
    setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(number, SIG_DFL);

    bool prepared = dup2(launch.input, STDIN_FILENO) >= 0 && dup2(launch.log, STDOUT_FILENO) >= 0 &&
                    dup2(launch.log, STDERR_FILENO) >= 0 && close_range(3, ~0U, 0) == 0 &&
                    chdir("/") == 0;
    if (prepared && launch.changes_user)
        prepared = setgroups(launch.groups.size(), launch.groups.data()) == 0 &&
                   setgid(launch.group_id) == 0 && setuid(launch.user_id) == 0;
    if (prepared && launch.dies_with_parent) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prepared = getppid() == launch.parent;
    }
    if (prepared) execve(launch.arguments[0], launch.arguments.data(), environment);
    _exit(127);
}

// A descriptor that is closed with the scope.
class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(value_); }

    int value() const { return value_; }

private:
    int value_;
};

pid_t fork_and_become(const Command& command, bool dies_with_parent) {
    const Descriptor log{
        open(command.log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640)};
    if (log.value() < 0) throw_errno("cannot write " + command.log.string());

    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe");
    const Descriptor input{ends[0]};
    {
        const Descriptor writer{ends[1]};
        const auto size = static_cast<ssize_t>(command.input.size());
        if (write(writer.value(), command.input.data(), command.input.size()) != size)
            throw_errno("pipe");
    }

    Launch launch{.arguments = {},
                  .groups = groups_of(command.user),
                  .user_id = command.user.user_id,
                  .group_id = command.user.group_id,
                  .changes_user = command.user.user_id != geteuid(),
                  .dies_with_parent = dies_with_parent,
                  .parent = getpid(),
                  .input = input.value(),
                  .log = log.value()};
    for (const std::string& argument : command.arguments)
        launch.arguments.push_back(const_cast<char*>(argument.c_str()));
    launch.arguments.push_back(nullptr);

    const pid_t child = fork();
    if (child < 0) throw_errno("fork");
    if (child == 0) become(launch);
    return child;
}

}  // namespace

SystemUser SystemUser::current() {
    if (const passwd* entry = getpwuid(geteuid())) return to_user(*entry);
    return {.name = std::to_string(geteuid()), .user_id = geteuid(), .group_id = getegid()};
}

std::optional<SystemUser> SystemUser::find(const std::string& name) {
    const passwd* entry = getpwnam(name.c_str());
    return entry ? std::optional{to_user(*entry)} : std::nullopt;
}

std::optional<SystemProcess> SystemProcess::find(pid_t id) {
    const int descriptor = pidfd_open(id, 0);
    if (descriptor >= 0) return SystemProcess{id, descriptor};
    if (errno == ESRCH || errno == EINVAL) return std::nullopt;
    throw_errno("pidfd_open");
}

SystemProcess::SystemProcess(SystemProcess&& other) noexcept
    : id_(other.id_), descriptor_(std::exchange(other.descriptor_, -1)) {}

SystemProcess& SystemProcess::operator=(SystemProcess&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

SystemProcess::~SystemProcess() {
    if (descriptor_ >= 0) close(descriptor_);
}

bool SystemProcess::ended(std::chrono::milliseconds timeout) {
    pollfd poll_one{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (poll(&poll_one, 1, static_cast<int>(timeout.count())) <= 0) return false;
    waitpid(id_, nullptr, WNOHANG);
    return true;
}

void SystemProcess::signal(int number) { pidfd_send_signal(descriptor_, number, nullptr, 0); }

fs::path SystemProcess::working_directory() const {
    std::error_code unreadable;
    return fs::read_symlink("/proc/" + std::to_string(id_) + "/cwd", unreadable);
}

fs::path SystemProcess::program() const {
    std::error_code unreadable;
    return fs::read_symlink("/proc/" + std::to_string(id_) + "/exe", unreadable);
}

SystemProcess start(const Command& command) {
    auto started = SystemProcess::find(fork_and_become(command, false));
    if (!started) throw std::runtime_error("cannot start " + command.arguments.front());
    return std::move(*started);
}

int run(const Command& command) {
    const pid_t child = fork_and_become(command, true);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw_errno("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace taama::app
