#pragma once

// A thread that answers requests: a listener of its own on the common port.

#include "app/worker.hpp"
#include "platform/http/server.hpp"
#include "platform/loop_thread.hpp"

namespace taama::app {

class JobThread;

class RequestThread {
public:
    // Connects to the database; throws pg::Unavailable.
    explicit RequestThread(Process& process);
    ~RequestThread();

    const http::Operations& operations() const;
    const jobs::Registry& jobs() const;
    // Commits of this thread that made work wake the job thread at once; null: they are found by
    // polling.
    void wake_on_news(JobThread* job_thread);
    void seed();  // the demo data, before listening
    void listen();
    void begin_drain(Seconds patience);
    void finish();  // waits for the drain

private:
    Process& process_;
    LoopThread thread_;
    std::unique_ptr<Worker> worker_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<asio::ssl::context> tls_;
    std::future<void> drained_;
};

}  // namespace taama::app
