#include "modules/messaging/operations.hpp"

namespace taama::messaging {

void register_routes(http::Operations& operations, const Deps& deps) {
    http::Routes<Deps> routes{operations, "messaging", deps};
    const std::string base = fmt::format("/{}/{{id}}/messages", deps.path);
    routes.get(base, list_messages).summary("The conversation about a deal, newest first");
    routes.post(base, post_message)
        .summary("Say something")
        .rate({"messages", 60, 60s, http::RateClass::By::caller});
    routes.post(base + "/read", mark_read).summary("Read up to a message");
}

}  // namespace taama::messaging
