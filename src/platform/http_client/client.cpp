#include "platform/http_client/client.hpp"

#include <fmt/format.h>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "platform/assert.hpp"
#include "platform/http_client/transfer.hpp"

namespace taama::http_client {

namespace {

void initialise_curl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    ASSERT(code == CURLE_OK);
}

// "2xx", or why there was no answer.
std::string word_of(const std::expected<Response, TransportError>& answer) {
    if (answer) return fmt::format("{}xx", answer->status / 100);
    return boost::describe::enum_to_string(answer.error().kind, "");
}

}  // namespace

// The bridge between libcurl's multi interface and the event loop: libcurl says which sockets and
// which deadline it waits for, and is told when one of them is ready.
class Client::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::io_context& io, Options options);
    ~Impl();
    Impl(const Impl&) = delete;

    static Task<std::expected<Response, TransportError>> send(std::shared_ptr<Impl> self,
                                                              Request request);
    void abort_all();

private:
    static Task<std::expected<Response, TransportError>> exchange(std::shared_ptr<Impl> self,
                                                                  Request request);

    struct Socket {
        Socket(const Executor& executor, curl_socket_t handle) : descriptor(executor, handle) {}
        ~Socket() { release(); }
        // libcurl closes its sockets itself, and may get the same number again at once: the loop
        // has to forget this one first.
        void release() {
            if (descriptor.is_open()) descriptor.release();
        }

        asio::posix::basic_stream_descriptor<Executor> descriptor;
        int wanted = CURL_POLL_NONE;
        bool reading = false;
        bool writing = false;
    };

    // A transfer that is known to libcurl for as long as this lives.
    struct Attached {
        Attached(Impl& impl, Transfer& transfer) : impl(impl), transfer(transfer) {
            impl.transfers_.push_back(&transfer);
            ASSERT(curl_multi_add_handle(impl.multi_, transfer.easy()) == CURLM_OK);
        }
        ~Attached() {
            std::erase(impl.transfers_, &transfer);
            curl_multi_remove_handle(impl.multi_, transfer.easy());
        }
        Attached(const Attached&) = delete;

        Impl& impl;
        Transfer& transfer;
    };

    static int on_socket(CURL*, curl_socket_t handle, int what, void* self, void*);
    static int on_timer(CURLM*, long timeout_ms, void* self);
    void wait(const std::shared_ptr<Socket>& socket);
    void drive(curl_socket_t handle, int events);

    Executor executor_;
    const telemetry::Facts* facts_;
    std::chrono::milliseconds connect_timeout_;
    std::vector<std::string> origins_;
    std::string own_origin_;
    CURLM* multi_;
    Timer timer_;
    std::map<curl_socket_t, std::shared_ptr<Socket>> sockets_;
    std::vector<Transfer*> transfers_;
};

Client::Impl::Impl(asio::io_context& io, Options options)
    : executor_(io.get_executor()),
      facts_(options.facts),
      connect_timeout_(options.connect_timeout),
      multi_((initialise_curl(), curl_multi_init())),
      timer_(executor_) {
    ASSERT(multi_ != nullptr);
    for (const std::string& origin : options.origins) {
        const Url url = parse_url(origin);
        ASSERT(url != nullptr);
        origins_.push_back(origin_of(url.get()));
        if (origin == options.own_origin) own_origin_ = origins_.back();
    }
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Impl::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, options.connections_per_host);
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, options.connections);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, options.connections);
}

Client::Impl::~Impl() { curl_multi_cleanup(multi_); }

void Client::Impl::abort_all() {
    for (Transfer* transfer : transfers_) {
        if (!transfer->is_finished()) transfer->finish(CURLE_ABORTED_BY_CALLBACK);
    }
}

Task<std::expected<Response, TransportError>> Client::Impl::send(std::shared_ptr<Impl> self,
                                                                 Request request) {
    const std::string_view provider = request.provider;
    const auto began = std::chrono::steady_clock::now();
    auto answer = co_await exchange(self, std::move(request));
    if (self->facts_ != nullptr && !provider.empty()) {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        self->facts_->tell(
            "provider.called",
            {{"provider", provider}, {"result", word_of(answer)}, {"seconds", took.count()}});
    }
    co_return answer;
}

Task<std::expected<Response, TransportError>> Client::Impl::exchange(std::shared_ptr<Impl> self,
                                                                     Request request) {
    Url url = parse_url(request.url);
    const std::string origin = url ? origin_of(url.get()) : std::string{};
    if (!url || std::ranges::find(self->origins_, origin) == self->origins_.end()) {
        co_return std::unexpected(TransportError{FailureKind::not_allowed, false,
                                                 "the host is not among the configured ones"});
    }
    Transfer transfer{self->executor_, std::move(request), std::move(url), self->connect_timeout_};
    if (origin == self->own_origin_) transfer.skip_certificate_check();
    const Attached attached{*self, transfer};
    co_await transfer.done();
    if (!transfer.is_finished()) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return transfer.take_result();
}

int Client::Impl::on_socket(CURL*, curl_socket_t handle, int what, void* self, void*) {
    auto& impl = *static_cast<Impl*>(self);
    if (what == CURL_POLL_REMOVE) {
        const auto removed = impl.sockets_.extract(handle);
        if (!removed.empty()) removed.mapped()->release();
        return 0;
    }
    auto& socket = impl.sockets_[handle];
    if (!socket) socket = std::make_shared<Socket>(impl.executor_, handle);
    socket->wanted = what;
    impl.wait(socket);
    return 0;
}

void Client::Impl::wait(const std::shared_ptr<Socket>& socket) {
    using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
    const auto start = [&](int event, bool Socket::* waiting, Descriptor::wait_type type) {
        if ((socket->wanted & event) == 0 || (*socket).*waiting) return;
        (*socket).*waiting = true;
        socket->descriptor.async_wait(type, [weak = weak_from_this(), seen = std::weak_ptr{socket},
                                             event,
                                             waiting](const boost::system::error_code& error) {
            const auto impl = weak.lock();
            const auto socket = seen.lock();
            if (!impl || !socket || error == asio::error::operation_aborted) return;
            (*socket).*waiting = false;
            if ((socket->wanted & event) != 0) {
                impl->drive(socket->descriptor.native_handle(), error ? CURL_CSELECT_ERR : event);
            }
            if (socket->descriptor.is_open()) impl->wait(socket);
        });
    };
    static_assert(CURL_POLL_IN == CURL_CSELECT_IN && CURL_POLL_OUT == CURL_CSELECT_OUT);
    start(CURL_POLL_IN, &Socket::reading, Descriptor::wait_read);
    start(CURL_POLL_OUT, &Socket::writing, Descriptor::wait_write);
}

int Client::Impl::on_timer(CURLM*, long timeout_ms, void* self) {
    auto& impl = *static_cast<Impl*>(self);
    if (timeout_ms < 0) {
        impl.timer_.cancel();
        return 0;
    }
    impl.timer_.expires_after(std::chrono::milliseconds{timeout_ms});
    impl.timer_.async_wait([weak = impl.weak_from_this()](const boost::system::error_code& error) {
        const auto alive = weak.lock();
        if (alive && !error) alive->drive(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
}

void Client::Impl::drive(curl_socket_t handle, int events) {
    int running = 0;
    curl_multi_socket_action(multi_, handle, events, &running);
    int waiting = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &waiting)) {
        if (message->msg != CURLMSG_DONE) continue;
        Transfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        if (!transfer->is_finished()) transfer->finish(message->data.result);
    }
}

Client::Client(asio::io_context& io, Options options)
    : impl_(std::make_shared<Impl>(io, std::move(options))) {}

Client::~Client() { impl_->abort_all(); }

Task<std::expected<Response, TransportError>> Client::send(Request request) {
    return Impl::send(impl_, std::move(request));
}

}  // namespace taama::http_client
