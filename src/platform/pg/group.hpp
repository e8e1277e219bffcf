#pragma once

#include <functional>
#include <memory>

#include "platform/pg/carrier.hpp"
#include "platform/pg/lane.hpp"

namespace taama::pg {

// One transaction and the flows that share it (groups.hpp), from its BEGIN to its end.
class Group {
public:
    // Told when the group is over, before its flows go on: `outage` when PostgreSQL is away.
    using Over = std::move_only_function<void(const std::exception_ptr& outage)>;

    // So many flows, each to be given its place before any of them runs.
    static std::shared_ptr<Group> make(asio::io_context& io, Lease lease, std::size_t flows,
                                       Over over);
    Group() = default;
    Group(const Group&) = delete;
    virtual ~Group() = default;

    virtual std::unique_ptr<Carrier> place(std::size_t flow) = 0;
    // Nobody is called before this returns.
    virtual void close() = 0;
};

}  // namespace taama::pg
