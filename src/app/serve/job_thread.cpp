#include "app/serve/job_thread.hpp"

namespace taama::app {

JobThread::JobThread(Process& process) : process_(process) {
    thread_.call([this] {
        worker_ = std::make_unique<Worker>(thread_.io(), process_);
        runner_ = std::make_unique<jobs::Runner>(thread_.io(), worker_->db(), process_.clock,
                                                 worker_->jobs(),
                                                 jobs::RunnerOptions{.zone = process_.zone});
        dispatcher_ = std::make_unique<events::Dispatcher>(thread_.io(), worker_->db(),
                                                           process_.clock, worker_->events());
    });
    thread_.run([this] { return worker_->connect(); });
    thread_.call([this] {
        runner_->start();
        dispatcher_->start();
        process_.state.jobs_running = true;
    });
}

JobThread::~JobThread() {
    thread_.call([this] {
        dispatcher_.reset();
        runner_.reset();
        worker_->close();
    });
    thread_.join();
}

void JobThread::wake_on_news(pg::Db& db) {
    db.on_announcement(jobs::topic, runner_->waker());
    db.on_announcement(events::topic, dispatcher_->waker());
}

void JobThread::stop(Seconds patience) {
    process_.state.jobs_running = false;
    auto delivered = thread_.start([this, patience] { return dispatcher_->stop(patience); });
    thread_.run([this, patience] { return runner_->stop(patience); });
    delivered.get();
}

}  // namespace taama::app
