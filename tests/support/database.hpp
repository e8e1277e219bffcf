#pragma once

// A migrated database for one test, and a thread of the server to use it on.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "platform/pg/db.hpp"
#include "platform/task.hpp"

namespace taama::test {

// The cluster of TAAMA_TEST_DATABASE_URL; `name` is another database in it.
std::string cluster_url();
std::string cluster_url(const std::string& name);

// A copy of a template that was migrated once for this set of migrations. Dropped on destruction,
// also when somebody is still connected.
class TestDatabase {
public:
    TestDatabase();
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;

    const std::string& url() const { return url_; }
    // Few connections: many tests run side by side.
    pg::Options options() const;

    // Runs `flow(pg::Db&)` or `flow(asio::io_context&, pg::Db&)`, a Task, to its end; rethrows.
    template <class Flow>
    auto run(Flow flow) const;

private:
    std::string name_;
    std::string url_;
};

// Runs `flow(asio::io_context&)`, a Task, to its end on an io_context of its own. What it throws is
// thrown here. Work that it leaves behind is destroyed.
template <class Flow>
auto run_task(Flow flow) {
    asio::io_context io{1};
    using Awaited = std::invoke_result_t<Flow&, asio::io_context&>;
    using Value = typename Awaited::value_type;
    std::exception_ptr failure;
    if constexpr (std::is_void_v<Value>) {
        asio::co_spawn(io.get_executor(), flow(io), [&](std::exception_ptr error) {
            failure = error;
            io.stop();
        });
        io.run();
        if (failure) std::rethrow_exception(failure);
    } else {
        std::optional<Value> value;
        asio::co_spawn(io.get_executor(), flow(io), [&](std::exception_ptr error, Value result) {
            failure = error;
            if (!error) value.emplace(std::move(result));
            io.stop();
        });
        io.run();
        if (failure) std::rethrow_exception(failure);
        return std::move(*value);
    }
}

// The Db must go before the io_context does: it lives in the frame of this task.
template <class Flow>
auto run_with_db(asio::io_context& io, pg::Options options, Flow& flow) {
    if constexpr (std::is_invocable_v<Flow&, asio::io_context&, pg::Db&>)
        return [](asio::io_context& own_io, pg::Options with,
                  Flow& body) -> std::invoke_result_t<Flow&, asio::io_context&, pg::Db&> {
            pg::Db db{own_io, std::move(with)};
            co_return co_await body(own_io, db);
        }(io, std::move(options), flow);
    else
        return [](asio::io_context& own_io, pg::Options with,
                  Flow& body) -> std::invoke_result_t<Flow&, pg::Db&> {
            pg::Db db{own_io, std::move(with)};
            co_return co_await body(db);
        }(io, std::move(options), flow);
}

template <class Flow>
auto TestDatabase::run(Flow flow) const {
    return run_task([&](asio::io_context& io) { return run_with_db(io, options(), flow); });
}

}  // namespace taama::test
