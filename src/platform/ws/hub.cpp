#include "platform/ws/socket.hpp"

#include <map>
#include <mutex>
#include <unordered_map>

#include "platform/assert.hpp"

namespace taama::ws {

struct Hub::Impl {
    struct Following {
        std::uint64_t number;
        std::weak_ptr<Follower> follower;
    };
    std::mutex mutex;
    std::uint64_t last_number = 0;
    std::unordered_map<std::string, std::vector<Following>> topics;
    std::map<std::pair<std::string, std::string>, Frame> latest;  // by topic and key

    // Strong references taken under the lock, used outside of it.
    std::vector<std::shared_ptr<Follower>> followers_of(std::string_view topic) {
        const std::lock_guard lock{mutex};
        std::vector<std::shared_ptr<Follower>> followers;
        if (const auto found = topics.find(std::string{topic}); found != topics.end())
            add_living(found->second, followers);
        return followers;
    }
    std::vector<std::shared_ptr<Follower>> all_followers() {
        const std::lock_guard lock{mutex};
        std::vector<std::shared_ptr<Follower>> followers;
        for (const auto& [topic, following] : topics) add_living(following, followers);
        return followers;
    }
    static void add_living(const std::vector<Following>& following,
                           std::vector<std::shared_ptr<Follower>>& living) {
        for (const Following& each : following)
            if (auto follower = each.follower.lock()) living.push_back(std::move(follower));
    }
    // The last reference is dropped on the follower's thread.
    static void close(std::vector<std::shared_ptr<Follower>> followers, Close code,
                      const std::string& reason) {
        for (auto& follower : followers) {
            const Executor executor = follower->executor();
            asio::post(executor, [follower = std::move(follower), code, reason]() mutable {
                follower->close(code, std::move(reason));
            });
        }
    }
};

Hub::Hub() : impl_(std::make_unique<Impl>()) {}
Hub::~Hub() = default;

Hub::Subscription Hub::follow(std::string topic, const std::shared_ptr<Follower>& follower) {
    const std::lock_guard lock{impl_->mutex};
    const std::uint64_t number = ++impl_->last_number;
    topic.shrink_to_fit();
    const auto place = impl_->topics.try_emplace(std::move(topic)).first;
    place->second.push_back({number, follower});
    return {*this, place->first, number};
}

void Hub::publish(std::string_view topic, const Frame& frame) {
    for (auto& follower : impl_->followers_of(topic)) {
        const Executor executor = follower->executor();
        asio::post(executor, [follower = std::move(follower), frame]() mutable {
            follower->send(std::move(frame));
        });
    }
}

void Hub::close(std::string_view topic, Close code, const std::string& reason) {
    Impl::close(impl_->followers_of(topic), code, reason);
}

void Hub::close_all(Close code, const std::string& reason) {
    Impl::close(impl_->all_followers(), code, reason);
}

std::size_t Hub::followers(std::string_view topic) const {
    return impl_->followers_of(topic).size();
}

void Hub::publish_latest(std::string topic, Frame frame) {
    ASSERT(!frame.replaces.empty());
    std::pair key{std::move(topic), frame.replaces};
    const std::lock_guard lock{impl_->mutex};
    impl_->latest.insert_or_assign(std::move(key), std::move(frame));
}

std::vector<Hub::Latest> Hub::take_latest() {
    std::vector<Latest> taken;
    const std::lock_guard lock{impl_->mutex};
    for (auto& [key, frame] : impl_->latest) taken.push_back({key.first, std::move(frame)});
    impl_->latest.clear();
    return taken;
}

Hub::Subscription::Subscription(Hub& hub, const std::string& topic, std::uint64_t number)
    : hub_(&hub), topic_(&topic), number_(number) {}

Hub::Subscription::Subscription(Subscription&& other) noexcept
    : hub_(std::exchange(other.hub_, nullptr)), topic_(other.topic_), number_(other.number_) {}

Hub::Subscription& Hub::Subscription::operator=(Subscription&& other) noexcept {
    std::swap(hub_, other.hub_);
    std::swap(topic_, other.topic_);
    std::swap(number_, other.number_);
    return *this;
}

Hub::Subscription::~Subscription() {
    if (hub_ == nullptr) return;
    const std::lock_guard lock{hub_->impl_->mutex};
    const auto found = hub_->impl_->topics.find(*topic_);
    if (found == hub_->impl_->topics.end()) return;
    std::erase_if(found->second, [this](const auto& each) { return each.number == number_; });
    if (found->second.empty()) hub_->impl_->topics.erase(found);
}

}  // namespace taama::ws
