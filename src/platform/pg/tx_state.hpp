#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "platform/pg/carrier.hpp"
#include "platform/pg/db_impl.hpp"
#include "platform/pg/tx.hpp"

namespace taama::pg {

struct Tx::State {
    State(std::shared_ptr<Db::Impl> owner, std::unique_ptr<Carrier> its_carrier)
        : db(std::move(owner)), carrier(std::move(its_carrier)) {}

    std::shared_ptr<Db::Impl> db;
    std::unique_ptr<Carrier> carrier;
    Pending pending;
    bool committed = false;
    std::vector<std::string_view> topics;
    std::vector<std::function<void()>> callbacks;
};

// A transaction on a connection that nobody else uses.
std::unique_ptr<Carrier> carry_alone(Lease lease);

// What a transaction begins and ends with.
inline constexpr Sql begin_sql{"pg.begin", "begin"};
inline constexpr Sql commit_sql{"pg.commit", "commit"};
inline constexpr Sql rollback_sql{"pg.rollback", "rollback"};

}  // namespace taama::pg
