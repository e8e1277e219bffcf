#pragma once

// Processes that tests start. They die with the test program.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace taama::test {

struct Launch {
    std::filesystem::path program;
    std::vector<std::string> arguments{};
    std::map<std::string, std::string> environment{};  // added to ours
    std::filesystem::path output{};                    // standard output and error are appended
};

class ChildProcess {
public:
    // Start it on a thread that lives as long as the child should.
    explicit ChildProcess(const Launch& launch);
    ~ChildProcess();  // killed when it still runs
    ChildProcess(const ChildProcess&) = delete;

    pid_t id() const { return id_; }
    void signal(int number) const;
    // The exit code (128 + signal when killed); nullopt while it runs.
    std::optional<int> exit_code();
    std::optional<int> wait(std::chrono::milliseconds patience);

private:
    pid_t id_;
    std::optional<int> exit_code_;
};

std::string read_file(const std::filesystem::path& path);

// A directory that is removed with everything in it.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace taama::test
