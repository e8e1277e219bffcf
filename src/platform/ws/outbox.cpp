#include "platform/ws/outbox.hpp"

#include <algorithm>

#include "platform/json/codec.hpp"

namespace taama::ws {

std::string to_text(const Frame& frame) {
    std::string out = "{\"type\":";
    json::write_string(out, frame.type);
    if (!frame.id.empty()) {
        out += ",\"id\":";
        json::write_string(out, frame.id);
    }
    out += ",\"at\":\"";
    append_utc_time(out, frame.at);
    out += "\",\"data\":";
    out += frame.data.empty() ? std::string_view{"{}"} : std::string_view{frame.data};
    out += '}';
    return out;
}

std::vector<Outbox::Waiting>::iterator Outbox::first_untouched() {
    return waiting_.begin() + (left_ > 0 ? 1 : 0);
}

bool Outbox::add(std::string bytes, std::string replaces) {
    bytes_ += static_cast<std::uint32_t>(bytes.size());
    const auto replaced = replaces.empty() ? waiting_.end()
                                           : std::ranges::find(first_untouched(), waiting_.end(),
                                                               replaces, &Waiting::replaces);
    if (replaced != waiting_.end()) {
        bytes_ -= static_cast<std::uint32_t>(replaced->bytes.size());
        replaced->bytes = std::move(bytes);
    } else {
        waiting_.push_back({std::move(bytes), std::move(replaces)});
    }
    if (waiting_.size() <= frames_max && bytes_ <= bytes_max) return true;
    waiting_.erase(first_untouched(), waiting_.end());
    bytes_ = waiting_.empty() ? 0 : static_cast<std::uint32_t>(waiting_.front().bytes.size());
    return false;
}

void Outbox::add_last(std::string bytes) {
    bytes_ += static_cast<std::uint32_t>(bytes.size());
    waiting_.push_back({std::move(bytes), {}});
}

std::string Outbox::take_first() {
    std::string bytes = std::move(waiting_.front().bytes);
    bytes_ -= static_cast<std::uint32_t>(bytes.size());
    waiting_.erase(waiting_.begin());
    return bytes;
}

Outbox::Batch Outbox::batch() const {
    Batch batch;
    const std::size_t count = std::min(batch.size(), waiting_.size());
    for (std::size_t i = 0; i < count; ++i) batch[i] = asio::buffer(waiting_[i].bytes);
    batch[0] += left_;
    return batch;
}

void Outbox::has_left(std::size_t bytes) {
    std::size_t left = left_ + bytes;
    auto first = waiting_.begin();
    for (; first != waiting_.end() && left >= first->bytes.size(); ++first) {
        left -= first->bytes.size();
        bytes_ -= static_cast<std::uint32_t>(first->bytes.size());
    }
    waiting_.erase(waiting_.begin(), first);
    left_ = static_cast<std::uint32_t>(left);
    if (waiting_.empty()) std::vector<Waiting>{}.swap(waiting_);  // most sockets stay silent
}

}  // namespace taama::ws
