#pragma once

// Wave's HTTP interface over its book: paths, authentication, wire forms, error words.

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/wave_book.hpp"

namespace taama::sandbox::wave {

struct Credentials {
    std::string api_key = "wave_ci_sandbox_key";
    std::string request_secret{};  // "": requests are not signed
    std::string webhook_secret = "wave_ci_WHS_sandbox";
};

struct Request {
    std::string method;
    std::string path;  // from /v1 on, decoded
    std::string raw_query;
    std::function<std::string(std::string_view name)> query;  // "": absent
    std::string authorization;
    std::string idempotency_key;
    std::string signature;
    std::string body;
};

struct Answer {
    int status = 200;
    std::string body{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::chrono::milliseconds delay{0};  // before it is sent
    std::string webhooks_first{};        // of this session, before it is sent
};

class Api {
public:
    Api(Book& book, Credentials credentials, std::string launch_url_base);

    Answer answer(const Request& request, UtcTime now);
    // "t=…,v1=…" for a webhook that leaves at `now`.
    std::string sign(const Delivery& delivery, UtcTime now) const;

    struct Call {
        UtcTime at;
        std::string method;
        std::string path;
        std::string query;
        std::string idempotency_key;
        std::string body;
        int status;
    };
    // The last ones, oldest first.
    const std::deque<Call>& calls() const { return calls_; }

private:
    Answer route(const Request& request, UtcTime now);
    Answer authenticate(const Request& request) const;  // 200: may go on
    Answer start(const Request& request, UtcTime now);
    Answer start_under_fault(const ArmedFault& fault, NewSession order, std::size_t transaction,
                             const Request& request, UtcTime now);
    Answer open(NewSession order, std::size_t transaction, const Request& request, UtcTime now);
    Answer read(const Session* session);
    Answer list(const Request& request, UtcTime now);
    Answer act_on(std::string_view rest, UtcTime now);
    Answer refund(Session* session, UtcTime now);
    Answer statement(const Request& request) const;

    struct Replay {
        std::string body;
        std::string session_id;
    };

    Book& book_;
    Credentials credentials_;
    std::string launch_url_base_;
    std::map<std::string, Replay, std::less<>> replays_;  // by Idempotency-Key
    std::deque<Call> calls_;
};

}  // namespace taama::sandbox::wave
