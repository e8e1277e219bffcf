#include "platform/pg/listener.hpp"

#include <algorithm>

#include "platform/assert.hpp"

namespace taama::pg {

namespace {

bool is_plain_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

}  // namespace

Listener::Listener(asio::io_context& io, ConnectionOptions options) {
    connection_ = std::make_shared<Connection>(
        io, std::move(options),
        Connection::Events{
            .came_up = [this](Connection&) { subscribe_all(); },
            .went_down = [](const Connection&) {},
            .notified = [this](std::string_view channel,
                               std::string_view payload) { deliver(channel, payload); }});
    connection_->start();
}

Listener::~Listener() { connection_->close(); }

void Listener::listen(std::string channel, Handler handler) {
    // LISTEN takes no parameter; with such a name there is nothing to quote.
    ASSERT(is_plain_name(channel));
    std::string statement = "listen \"" + channel + "\"";
    channels_.push_back({std::move(channel), std::move(statement), std::move(handler)});
    if (connection_->is_up()) subscribe(channels_.back());
}

void Listener::subscribe_all() {
    for (Channel& channel : channels_) subscribe(channel);
}

// The callback runs only while the connection exists, which is closed before the channels go; after
// that it is called with an error.
void Listener::subscribe(Channel& channel) {
    Request request;
    request.statements.emplace_back(std::string_view{channel.statement});
    request.done = [&channel](std::exception_ptr error, const Rows&) {
        if (error) return;
        if (channel.was_listening) channel.handler("");
        channel.was_listening = true;
    };
    connection_->push(std::move(request), connection_->session());
}

void Listener::deliver(std::string_view name, std::string_view payload) {
    for (const Channel& channel : channels_) {
        if (channel.name == name) channel.handler(payload);
    }
}

}  // namespace taama::pg
