#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/pg/db_impl.hpp"
#include "platform/pg/tx.hpp"

namespace taama::pg {

struct Tx::State {
    State(std::shared_ptr<Db::Impl> owner, Lease connection)
        : db(std::move(owner)), lease(std::move(connection)) {}
    ~State();

    // Rows for one statement: their values by parameter, as the elements of an array.
    struct Gathered {
        Sql sql;
        std::vector<std::string> columns;
    };

    std::vector<Statement> take_batch();

    std::shared_ptr<Db::Impl> db;
    Lease lease;
    std::vector<Statement> enqueued;
    std::vector<Gathered> gathered;
    bool begun = false;  // BEGIN was sent
    bool committed = false;
    std::vector<std::string_view> topics;
    std::vector<std::function<void()>> callbacks;
};

}  // namespace taama::pg
