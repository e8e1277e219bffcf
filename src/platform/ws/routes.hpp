#pragma once

// Socket routes: the typed counterpart of http/routes.hpp for upgrades.
//
//     Task<void> chat(const Deps&, http::User, ws::Connected&, http::Path<BookingId>);
//     sockets.add("/ws/bookings/{id}", chat);
//
// The credential is `Authorization: Bearer` or `?token=`; a missing or bad one upgrades and closes
// with 4401, a Refusal thrown by the handler with 4403 or 4404 after its kind. The upgrade comes
// first, so that browsers see the code.

#include "platform/http/routes.hpp"
#include "platform/ws/socket.hpp"

namespace taama::ws {

struct Connected {
    std::shared_ptr<Socket> socket;
    http::Context&
        context;  // of the upgrade request; query_value("since") is what the peer saw last
    // What a handler sets that wants no messages: it returns, and the socket stays open with this.
    // It costs far less than a waiting handler.
    std::shared_ptr<void> stays{};

    std::string_view since() const { return context.request.query_value("since"); }
};

struct Endpoint {
    std::string path;  // "/ws/bookings/{id}"
    http::Signature signature;
    std::string area;
    std::function<Task<void>(http::Context&, Connected&)> serve;
};

class Endpoints {
public:
    // `Who` is http::User or http::AnyCaller.
    template <class Deps, class Who, class... Args>
    void add(std::string area, std::string path, const Deps& deps,
             Task<void> (*fn)(const Deps&, Who, Connected&, Args...)) {
        Endpoint endpoint;
        endpoint.path = std::move(path);
        endpoint.area = std::move(area);
        http::Parameter<Who>::describe(endpoint.signature);
        (http::Parameter<std::remove_cvref_t<Args>>::describe(endpoint.signature), ...);
        endpoint.serve = [&deps, fn](http::Context& context, Connected& connected) {
            return serve(deps, fn, context, connected);
        };
        all_.push_back(std::move(endpoint));
    }
    const std::vector<Endpoint>& all() const { return all_; }

private:
    template <class Deps, class Who, class... Args>
    static Task<void> serve(const Deps& deps,
                            Task<void> (*fn)(const Deps&, Who, Connected&, Args...),
                            http::Context& context, Connected& connected) {
        static const json::ReadContext read_context;
        http::Extraction extraction{context, read_context, nullptr};
        Who who = http::Parameter<Who>::get(extraction);
        std::tuple<decltype(http::Parameter<std::remove_cvref_t<Args>>::get(extraction))...> values{
            http::Parameter<std::remove_cvref_t<Args>>::get(extraction)...};
        http::detail::throw_if_problems(extraction);
        co_await std::apply(
            [&](auto&... each) {
                return fn(deps, std::move(who), connected, static_cast<Args&&>(each)...);
            },
            values);
    }
    std::vector<Endpoint> all_;
};

}  // namespace taama::ws
