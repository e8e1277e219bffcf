#pragma once

#include <string>

#include "platform/pg/pending.hpp"

namespace taama::pg {

// How what a Tx says reaches PostgreSQL: on a connection of its own, or in a group (groups.hpp).
// Destroyed without commit(), nothing of it is left.
class Carrier {
public:
    Carrier() = default;
    Carrier(const Carrier&) = delete;
    virtual ~Carrier() = default;

    // `question` goes behind what is pending; its rows come back.
    virtual Task<Rows> ask(Pending pending, Step question) = 0;
    virtual Task<void> commit(Pending pending) = 0;
    virtual void keep_apart(std::string what) = 0;
    virtual void go_alone() = 0;
};

}  // namespace taama::pg
