#include "app/seed/seed.hpp"

#include "app/database/local_database.hpp"
#include "app/migrations.hpp"
#include "app/seed/demo.hpp"
#include "platform/loop_thread.hpp"

namespace taama::app {

int seed(const config::Config& config) {
    config::check_secrets(config);
    const LocalDatabase database{config};
    pg::migrate(database.url(), migrations_in_order());
    Process process{config, database.url()};
    LoopThread thread;
    std::unique_ptr<Worker> worker;
    thread.call([&] { worker = std::make_unique<Worker>(thread.io(), process); });
    thread.run([&] { return worker->connect(); });
    thread.run([&] { return seed_demo(*worker, process); });
    thread.call([&] { worker->close(); });
    thread.join();
    tell_demo_accounts(process.config);
    return 0;
}

}  // namespace taama::app
