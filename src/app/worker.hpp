#pragma once

// The composition root of one thread: its database connections, the modules' Deps, and all
// operations bound to them. Nothing of it is shared with another thread.

#include <memory>

#include "app/process.hpp"
#include "platform/events/events.hpp"
#include "platform/http/edge.hpp"
#include "platform/jobs/jobs.hpp"
#include "platform/ws/session.hpp"

namespace taama::app {

class Worker {
public:
    Worker(asio::io_context& io, Process& process);
    ~Worker();

    // Opens the database connections; throws pg::Unavailable.
    Task<void> connect();
    void close();

    pg::Db& db();
    http::Operations& operations();
    http::Edge& edge();
    const ws::SocketRouter& sockets();
    const jobs::Registry& jobs();
    const events::Registry& events();

    struct Parts;
    Parts& parts() { return *parts_; }

private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace taama::app
