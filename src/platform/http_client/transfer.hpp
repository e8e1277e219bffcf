#pragma once

// One request on its way through libcurl. Private to http_client.

#include <curl/curl.h>

#include <memory>
#include <optional>

#include "platform/http_client/client.hpp"
#include "platform/timer.hpp"

namespace taama::http_client {

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

// Parsed by the library that connects, so that the origin checked is the origin spoken to. Null for
// what is no absolute http(s) URL, or carries a user name.
Url parse_url(const std::string& text);
// "https://api.example.com:443", lower case.
std::string origin_of(CURLU* url);

class Transfer {
public:
    Transfer(const Executor& executor, Request request, Url url,
             std::chrono::milliseconds connect_timeout);
    Transfer(const Transfer&) = delete;

    CURL* easy() const { return easy_.get(); }
    void skip_certificate_check();  // before it is begun
    // Called once by the owner of the multi handle, then wakes who awaits `done`.
    void finish(CURLcode code);
    // Returns when the transfer has finished, or this task was cancelled.
    Task<> done();
    bool is_finished() const { return code_.has_value(); }
    std::expected<Response, TransportError> take_result();

private:
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self);
    void set_method_and_body();
    void set_headers();

    struct FreeEasy {
        void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    };
    struct FreeList {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    Request request_;
    Url url_;
    std::unique_ptr<curl_slist, FreeList> headers_;
    std::unique_ptr<CURL, FreeEasy> easy_;
    Timer signal_;
    Response response_;
    std::size_t body_sent_ = 0;
    std::size_t header_bytes_ = 0;
    bool too_large_ = false;
    std::optional<CURLcode> code_;
    char error_text_[CURL_ERROR_SIZE] = {};
};

}  // namespace taama::http_client
