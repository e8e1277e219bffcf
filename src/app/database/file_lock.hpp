#pragma once

// A lock between processes on a file. The kernel gives it back when its holder dies.

#include <filesystem>

namespace taama::app {

class FileLock {
public:
    // Makes the file where needed. Throws std::system_error when it cannot be opened.
    explicit FileLock(const std::filesystem::path& file);
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

    void share();    // waits for an exclusive holder
    void own();      // waits for every holder
    bool try_own();  // gives up a share even when it answers false
    void release();

private:
    int descriptor_;
};

}  // namespace taama::app
