#include "app/serve/housekeeping.hpp"

#include "app/serve/gauges.hpp"
#include "modules/identity/revoked_sessions.hpp"
#include "sandbox/sandbox.hpp"

namespace taama::app {

namespace {

pg::Options database_options(const Process& process) {
    pg::Options options;
    options.url = process.database_url;
    options.shared_connections = 1;
    options.exclusive_connections = 1;
    options.slow_connections = 1;
    return options;
}

}  // namespace

Housekeeping::Housekeeping(Process& process, Searches searches) : process_(process) {
    thread_.call([this] {
        db_ = std::make_unique<pg::Db>(thread_.io(), database_options(process_));
        relay_ = std::make_unique<ws::Relay>(process_.hub, *db_);
        trip_index_ = std::make_unique<carpool::TripIndexKeeper>(*db_, process_.trip_index,
                                                                 process_.settings);
        tasks_ = std::make_unique<TaskGroup>(thread_.io());
    });
    thread_.run([this] { return db_->connect(); });
    thread_.run([this] { return process_.settings.reload(*db_); });
    thread_.run([this] { return process_.revoked_sessions->reload(*db_, process_.clock.now()); });
    thread_.run([this] { return relay_->start(); });
    thread_.call([this, searches] {
        tasks_->spawn("gauges", keep_gauges(*db_, process_));
        tasks_->spawn("sockets", relay_->run());
        tasks_->spawn("trip_news", trip_index_->exchange_news());
        if (searches == Searches::yes) tasks_->spawn("trip_index", trip_index_->keep_loaded());
        tasks_->spawn("settings", settings::keep_current(*db_, process_.settings));
        tasks_->spawn("revoked_sessions",
                      identity::keep_revoked(*db_, *process_.revoked_sessions, process_.clock));
        if (!process_.sandbox) return;
        client_ = std::make_unique<http_client::Client>(
            thread_.io(), http_client::Options{.origins = {process_.local_url},
                                               .own_origin = process_.local_url});
        tasks_->spawn("sandbox", sandbox::run(*process_.sandbox, *client_));
    });
}

Housekeeping::~Housekeeping() {
    thread_.run([this] { return tasks_->stop(); });
    thread_.run([this] { return trip_index_->say_goodbye(); });
    thread_.call([this] {
        client_.reset();
        db_->close();
        tasks_.reset();
    });
    thread_.join();
}

}  // namespace taama::app
