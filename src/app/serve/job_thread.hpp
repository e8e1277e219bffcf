#pragma once

// The thread that runs jobs, schedules and the delivery of events.

#include "app/worker.hpp"
#include "platform/loop_thread.hpp"

namespace taama::app {

class JobThread {
public:
    // What commits announce when they made work for this thread.
    static constexpr std::string_view topics[] = {jobs::topic, events::topic};

    explicit JobThread(Process& process);
    ~JobThread();

    void wake();  // from any thread
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
