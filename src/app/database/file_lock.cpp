#include "app/database/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace taama::app {

namespace {

void lock(int descriptor, int operation) {
    while (flock(descriptor, operation) != 0)
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "flock");
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& file)
    : descriptor_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)) {
    if (descriptor_ < 0)
        throw std::system_error(errno, std::generic_category(), "cannot open " + file.string());
}

FileLock::~FileLock() { close(descriptor_); }

void FileLock::share() { lock(descriptor_, LOCK_SH); }

void FileLock::own() { lock(descriptor_, LOCK_EX); }

bool FileLock::try_own() { return flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

void FileLock::release() { lock(descriptor_, LOCK_UN); }

}  // namespace taama::app
