#include "app/errors_catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "modules/carpool/errors.hpp"
#include "modules/drivers/errors.hpp"
#include "modules/files/errors.hpp"
#include "modules/identity/errors.hpp"
#include "modules/ledger/errors.hpp"
#include "modules/payments/errors.hpp"
#include "modules/vehicles/errors.hpp"
#include "platform/assert.hpp"

namespace taama::app {

std::vector<const ErrorCode*> all_error_codes() {
    std::vector<const ErrorCode*> all;
    const auto add = [&](const auto& list) {
        all.insert(all.end(), std::begin(list), std::end(list));
    };
    add(errors::general);
    add(errors::identity);
    add(errors::files);
    add(errors::ledger);
    add(errors::payments);
    add(errors::carpool);
    add(errors::vehicles);
    add(errors::drivers);
    std::ranges::sort(all, [](const ErrorCode* a, const ErrorCode* b) {
        return std::pair{a->status(), a->code} < std::pair{b->status(), b->code};
    });
    for (std::size_t i = 1; i < all.size(); ++i) ASSERT(all[i - 1]->code != all[i]->code);
    return all;
}

std::string errors_markdown() {
    std::string out =
        "# Error codes\n\n"
        "Written by `./run errors`; a test compares. A code never changes; its message is in the "
        "language of `Accept-Language`.\n\n"
        "| status | code | français | English |\n|---|---|---|---|\n";
    for (const ErrorCode* code : all_error_codes())
        out += fmt::format("| {} | `{}` | {} | {} |\n", code->status(), code->code, code->fr,
                           code->en);
    return out;
}

}  // namespace taama::app
