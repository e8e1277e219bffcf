#include "platform/ws/relay.hpp"

#include <charconv>

#include "platform/assert.hpp"
#include "platform/telemetry/log.hpp"
#include "platform/timer.hpp"

namespace taama::ws {

namespace {

constexpr std::string_view channel = "socket_frames";
// PostgreSQL's limit is below 8000; the key and the numbers of the parts come before the text.
constexpr std::size_t part_bytes_max = 7800;
constexpr std::chrono::milliseconds latest_pause{250};
constexpr std::chrono::milliseconds probe_pause{10};
constexpr std::string_view probe = "probe";  // nobody's part
constexpr std::string_view frame_kind = "frame";
constexpr std::string_view closing_kind = "close";

PG_STATEMENT constexpr pg::Sql send_frame_sql{"platform.send_frame",
                                              "select pg_notify($1, n) from unnest($2::text[]) n"};

// Takes the text before the next `separator` off the front.
std::string_view next_field(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const std::string_view field = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return field;
}

template <class Number>
Number number_of(std::string_view text) {
    Number number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// One field a line; the last may hold anything, for nothing comes after it.
std::string to_lines(std::initializer_list<std::string_view> fields, std::string_view last) {
    std::string text;
    for (const std::string_view field : fields) {
        ASSERT(!field.contains('\n'));
        text += field;
        text += '\n';
    }
    text += last;
    return text;
}

std::string to_text(const Relayed& relayed) {
    if (const auto* closing = std::get_if<Closing>(&relayed.what))
        return to_lines(
            {closing_kind, relayed.topic, std::to_string(static_cast<int>(closing->code))},
            closing->reason);
    const auto& frame = std::get<Frame>(relayed.what);
    return to_lines({frame_kind, relayed.topic, frame.type, frame.id,
                     std::to_string(frame.at.time_since_epoch().count()), frame.replaces},
                    frame.data);
}

Relayed to_relayed(std::string_view text) {
    const std::string_view kind = next_field(text, '\n');
    std::string topic{next_field(text, '\n')};
    if (kind == closing_kind) {
        const auto code = static_cast<Close>(number_of<std::uint16_t>(next_field(text, '\n')));
        return {std::move(topic), Closing{code, std::string{text}}};
    }
    const std::string_view type = next_field(text, '\n');
    const std::string_view id = next_field(text, '\n');
    const UtcTime at{Microseconds{number_of<std::int64_t>(next_field(text, '\n'))}};
    const std::string_view replaces = next_field(text, '\n');
    return {std::move(topic), Frame{.type = std::string{type},
                                    .id = std::string{id},
                                    .at = at,
                                    .data = std::string{text},
                                    .replaces = std::string{replaces}}};
}

// How much of the text fits one part without cutting a character.
std::size_t part_size(std::string_view text) {
    if (text.size() <= part_bytes_max) return text.size();
    std::size_t size = part_bytes_max;
    while ((static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    return size;
}

void send(pg::Tx& tx, const Relayed& relayed) {
    tx.enqueue(send_frame_sql, channel, to_notifications(relayed));
}

}  // namespace

void publish(pg::Tx& tx, std::string_view topic, const Frame& frame) {
    send(tx, {std::string{topic}, frame});
}

void close(pg::Tx& tx, std::string_view topic, Close code, std::string_view reason) {
    send(tx, {std::string{topic}, Closing{code, std::string{reason}}});
}

// "<key> <part> <of how many>\n<text>". PostgreSQL sends equal notifications of one transaction
// once; the key keeps them apart.
std::vector<std::string> to_notifications(const Relayed& relayed) {
    const std::string text = to_text(relayed);
    std::vector<std::string_view> pieces;
    for (std::string_view rest = text; !rest.empty();) {
        pieces.push_back(rest.substr(0, part_size(rest)));
        rest.remove_prefix(pieces.back().size());
    }
    const std::string key = Uuid::make().to_string();
    std::vector<std::string> notifications;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        notifications.push_back(fmt::format("{} {} {}\n{}", key, i + 1, pieces.size(), pieces[i]));
    return notifications;
}

std::optional<Relayed> Assembler::add(std::string_view notification) {
    std::string_view rest = notification;
    std::string_view head = next_field(rest, '\n');
    const std::string_view key = next_field(head, ' ');
    const int part = number_of<int>(next_field(head, ' '));
    const int parts = number_of<int>(head);
    if (part == 1) {
        key_ = key;
        parts_ = 0;
        text_.clear();
    }
    if (part < 1 || part > parts || key != key_ || part != parts_ + 1) return std::nullopt;
    parts_ = part;
    text_ += rest;
    if (part < parts) return std::nullopt;
    key_.clear();
    return to_relayed(std::exchange(text_, {}));
}

struct Relay::Impl {
    Hub& hub;
    pg::Db& db;
    Assembler assembler{};
    bool hears = false;

    void hear(std::string_view notification) {
        hears = true;
        // Something may have been missed. Who is told to go comes back and asks for it (`since`).
        if (notification.empty()) return hub.close_all(Close::going_away, "reconnect");
        const auto relayed = assembler.add(notification);
        if (!relayed) return;
        if (const auto* closing = std::get_if<Closing>(&relayed->what))
            hub.close(relayed->topic, closing->code, closing->reason);
        else
            hub.publish(relayed->topic, std::get<Frame>(relayed->what));
    }
};

Relay::Relay(Hub& hub, pg::Db& db) : impl_(std::make_shared<Impl>(hub, db)) {}
Relay::~Relay() = default;

Task<void> Relay::start() {
    const auto impl = impl_;
    impl->db.listen(std::string{channel},
                    [impl](std::string_view payload) { impl->hear(payload); });
    while (!impl->hears) {
        co_await impl->db.query(send_frame_sql, channel, std::vector{std::string{probe}});
        co_await sleep_for(probe_pause);
    }
}

Task<void> Relay::run() {
    const auto impl = impl_;
    while (true) {
        co_await sleep_for(latest_pause);
        std::vector<std::string> notifications;
        for (const auto& [topic, frame] : impl->hub.take_latest())
            for (std::string& each : to_notifications({topic, frame}))
                notifications.push_back(std::move(each));
        if (notifications.empty()) continue;
        try {
            co_await impl->db.query(send_frame_sql, channel, notifications);
        } catch (const std::exception& error) {
            log::warn("sockets.relay_failed", {{"error", error.what()}});
        }
    }
}

}  // namespace taama::ws
