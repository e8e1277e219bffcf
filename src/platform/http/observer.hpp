#pragma once

// What the edge tells about requests: the log line, the counters.

#include <chrono>
#include <exception>

#include "platform/http/message.hpp"

namespace taama::http {

class Observer {
public:
    virtual ~Observer() = default;

    virtual void request_began() = 0;
    virtual void request_ended(const Context& context, int status,
                               std::chrono::steady_clock::duration took) = 0;
    // Bytes of one message on the wire, with its headers; the encoding is that of its body.
    virtual void bytes_received(Encoding encoding, std::size_t size) = 0;
    virtual void bytes_sent(Encoding encoding, std::size_t size) = 0;
    // A defect: the client saw internal_error and the request id.
    virtual void request_failed(const Context& context, const std::exception& error) = 0;
};

}  // namespace taama::http
