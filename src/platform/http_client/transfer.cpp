#include "platform/http_client/transfer.hpp"

#include <boost/asio/as_tuple.hpp>

#include "platform/assert.hpp"

namespace taama::http_client {

namespace {

constexpr std::size_t header_bytes_max = 64 << 10;

struct FreeText {
    void operator()(char* text) const { curl_free(text); }
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
    const std::unique_ptr<char, FreeText> owner{text};
    return text;
}

bool equal_without_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, {}, [](unsigned char c) { return std::tolower(c); },
        [](unsigned char c) { return std::tolower(c); });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

FailureKind kind_of(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT: return FailureKind::connect;
        case CURLE_OPERATION_TIMEDOUT: return FailureKind::timeout;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR: return FailureKind::tls;
        default: return FailureKind::broken;
    }
}

}  // namespace

std::string_view Response::header(std::string_view name) const {
    for (const Header& header : headers) {
        if (equal_without_case(header.name, name)) return header.value;
    }
    return {};
}

Url parse_url(const std::string& text) {
    Url url{curl_url()};
    ASSERT(url != nullptr);
    if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
        return nullptr;
    }
    const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
    return scheme == "http" || scheme == "https" ? std::move(url) : nullptr;
}

std::string origin_of(CURLU* url) {
    std::string origin = part_of(url, CURLUPART_SCHEME) + "://" + part_of(url, CURLUPART_HOST) +
                         ":" + part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    std::ranges::transform(origin, origin.begin(), [](unsigned char c) { return std::tolower(c); });
    return origin;
}

Transfer::Transfer(const Executor& executor, Request request, Url url,
                   std::chrono::milliseconds connect_timeout)
    : request_(std::move(request)),
      url_(std::move(url)),
      easy_(curl_easy_init()),
      signal_(executor, Timer::time_point::max()) {
    ASSERT(easy_ != nullptr);
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy, CURLOPT_CURLU, url_.get());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    // An empty name switches off the proxies that the environment may name.
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_timeout.count()));
    const auto timeout = std::clamp(request_.timeout, std::chrono::milliseconds{1}, timeout_max);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    set_method_and_body();
    set_headers();
}

void Transfer::skip_certificate_check() {
    curl_easy_setopt(easy_.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy_.get(), CURLOPT_SSL_VERIFYHOST, 0L);
}

void Transfer::set_method_and_body() {
    CURL* easy = easy_.get();
    if (request_.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (!request_.body.empty()) {
        // Read through a callback that cannot rewind: when a kept-alive connection dies under a
        // request, libcurl would send it again on a new one, and the peer might act twice.
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Transfer::on_read);
        curl_easy_setopt(easy, CURLOPT_READDATA, this);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request_.body.size()));
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    } else if (request_.method == "GET") {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    } else {
        // Without a body there is nothing that could fail to rewind, so the connection is a fresh
        // one.
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
}

void Transfer::set_headers() {
    const auto add = [this](const std::string& line) {
        curl_slist* list = curl_slist_append(headers_.get(), line.c_str());
        ASSERT(list != nullptr);
        if (!headers_) headers_.reset(list);
    };
    bool typed = false;
    for (const Header& header : request_.headers) {
        typed = typed || equal_without_case(header.name, "Content-Type");
        // A value that libcurl would take for "remove this header" is sent empty instead.
        add(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
    }
    if (!typed) add("Content-Type:");  // libcurl would call every body a form
    add("Expect:");                    // no round trip before the body
    curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy_.get(), CURLOPT_USERAGENT, "taama");
}

std::size_t Transfer::on_body(char* data, std::size_t, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    std::string& body = transfer.response_.body;
    if (count > transfer.request_.max_response_bytes - body.size()) {
        transfer.too_large_ = true;
        return 0;
    }
    body.append(data, count);
    return count;
}

std::size_t Transfer::on_header(char* data, std::size_t, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.header_bytes_ += count;
    if (transfer.header_bytes_ > header_bytes_max) {
        transfer.too_large_ = true;
        return 0;
    }
    const std::string_view line{data, count};
    if (line.starts_with("HTTP/")) {
        transfer.response_.headers.clear();  // those of a 1xx answer before the real one
        return count;
    }
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
        transfer.response_.headers.push_back({std::string{trimmed(line.substr(0, colon))},
                                              std::string{trimmed(line.substr(colon + 1))}});
    }
    return count;
}

std::size_t Transfer::on_read(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string& body = transfer.request_.body;
    const std::size_t taken = std::min(size * count, body.size() - transfer.body_sent_);
    body.copy(data, taken, transfer.body_sent_);
    transfer.body_sent_ += taken;
    return taken;
}

void Transfer::finish(CURLcode code) {
    code_ = code;
    signal_.cancel();
}

Task<> Transfer::done() {
    // The timer never fires by itself: only finish() or a cancelled task ends the wait.
    if (!is_finished()) co_await signal_.async_wait(asio::as_tuple(use_task));
}

std::expected<Response, TransportError> Transfer::take_result() {
    ASSERT(is_finished());
    if (*code_ == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        response_.status = static_cast<int>(status);
        return std::move(response_);
    }
    long request_bytes = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &request_bytes);
    const std::string text = error_text_[0] != '\0' ? error_text_ : curl_easy_strerror(*code_);
    FailureKind kind = too_large_ ? FailureKind::too_large : kind_of(*code_);
    if (kind == FailureKind::timeout && request_bytes == 0) kind = FailureKind::connect;
    return std::unexpected(TransportError{kind, request_bytes > 0, text});
}

}  // namespace taama::http_client
