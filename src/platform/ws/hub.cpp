#include <mutex>
#include <unordered_map>

#include "platform/ws/socket.hpp"

namespace taama::ws {

struct Hub::Impl {
    struct Follower {
        std::uint64_t number;
        std::weak_ptr<Socket> socket;
    };
    std::mutex mutex;
    std::uint64_t last_number = 0;
    std::unordered_map<std::string, std::vector<Follower>> topics;

    // Strong references taken under the lock, used outside of it.
    std::vector<std::shared_ptr<Socket>> sockets_of(std::string_view topic) {
        const std::lock_guard lock{mutex};
        std::vector<std::shared_ptr<Socket>> sockets;
        if (const auto found = topics.find(std::string{topic}); found != topics.end())
            for (const Follower& follower : found->second)
                if (auto socket = follower.socket.lock()) sockets.push_back(std::move(socket));
        return sockets;
    }
};

Hub::Hub() : impl_(std::make_unique<Impl>()) {}
Hub::~Hub() = default;

Hub::Subscription Hub::follow(std::string topic, const std::shared_ptr<Socket>& socket) {
    const std::lock_guard lock{impl_->mutex};
    const std::uint64_t number = ++impl_->last_number;
    impl_->topics[topic].push_back({number, socket});
    return {*this, std::move(topic), number};
}

void Hub::publish(std::string_view topic, const Frame& frame) {
    for (auto& socket : impl_->sockets_of(topic)) {
        const Executor executor = socket->executor();
        // The last reference is dropped on the socket's thread.
        asio::post(executor, [socket = std::move(socket), frame]() mutable {
            socket->send(std::move(frame));
        });
    }
}

void Hub::close(std::string_view topic, Close code, std::string reason) {
    for (auto& socket : impl_->sockets_of(topic)) {
        const Executor executor = socket->executor();
        asio::post(executor, [socket = std::move(socket), code, reason]() mutable {
            socket->close(code, std::move(reason));
        });
    }
}

std::size_t Hub::followers(std::string_view topic) const { return impl_->sockets_of(topic).size(); }

Hub::Subscription::Subscription(Hub& hub, std::string topic, std::uint64_t number)
    : hub_(&hub), topic_(std::move(topic)), number_(number) {}

Hub::Subscription::Subscription(Subscription&& other) noexcept
    : hub_(std::exchange(other.hub_, nullptr)),
      topic_(std::move(other.topic_)),
      number_(other.number_) {}

Hub::Subscription& Hub::Subscription::operator=(Subscription&& other) noexcept {
    std::swap(hub_, other.hub_);
    std::swap(topic_, other.topic_);
    std::swap(number_, other.number_);
    return *this;
}

Hub::Subscription::~Subscription() {
    if (hub_ == nullptr) return;
    const std::lock_guard lock{hub_->impl_->mutex};
    const auto found = hub_->impl_->topics.find(topic_);
    if (found == hub_->impl_->topics.end()) return;
    std::erase_if(found->second, [this](const auto& each) { return each.number == number_; });
    if (found->second.empty()) hub_->impl_->topics.erase(found);
}

}  // namespace taama::ws
