#pragma once

// The thread that runs jobs, schedules and the delivery of events.

#include "app/worker.hpp"
#include "platform/loop_thread.hpp"

namespace taama::app {

class JobThread {
public:
    explicit JobThread(Process& process);
    ~JobThread();

    // Commits on another thread's Db wake what they made work for.
    void wake_on_news(pg::Db& db);
    // Takes nothing new; returns when what runs has ended, at most after `patience`.
    void stop(Seconds patience);

private:
    Process& process_;
    LoopThread thread_;
    std::unique_ptr<Worker> worker_;
    std::unique_ptr<jobs::Runner> runner_;
    std::unique_ptr<events::Dispatcher> dispatcher_;
};

}  // namespace taama::app
