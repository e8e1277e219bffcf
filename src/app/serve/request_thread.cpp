#include "app/serve/request_thread.hpp"

#include "app/seed/demo.hpp"
#include "app/serve/job_thread.hpp"

namespace taama::app {

namespace {

std::unique_ptr<asio::ssl::context> make_tls(const config::Http& http) {
    if (http.tls_certificate.empty()) return nullptr;
    auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                     asio::ssl::context::no_tlsv1_1);
    // An idle connection holds no buffers for records.
    SSL_CTX_set_mode(tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    boost::system::error_code bad;
    tls->use_certificate_chain_file(http.tls_certificate, bad);
    if (bad)
        throw config::ConfigError{
            fmt::format("http.tls_certificate cannot be used: {}", bad.message())};
    tls->use_private_key_file(http.tls_key, asio::ssl::context::pem, bad);
    if (bad)
        throw config::ConfigError{fmt::format("http.tls_key cannot be used: {}", bad.message())};
    return tls;
}

}  // namespace

RequestThread::RequestThread(Process& process)
    : process_(process), tls_(make_tls(process.config.http)) {
    thread_.call([this] { worker_ = std::make_unique<Worker>(thread_.io(), process_); });
    thread_.run([this] { return worker_->connect(); });
}

RequestThread::~RequestThread() {
    // What belongs to the loop is taken down on it.
    thread_.call([this] {
        server_.reset();
        worker_->close();
    });
    thread_.join();
}

const http::Operations& RequestThread::operations() const { return worker_->operations(); }
const jobs::Registry& RequestThread::jobs() const { return worker_->jobs(); }

void RequestThread::wake_on_news(JobThread* job_thread) {
    if (job_thread == nullptr) return;
    thread_.call([this, job_thread] { job_thread->wake_on_news(worker_->db()); });
}

void RequestThread::seed() {
    thread_.run([this] { return seed_demo(*worker_, process_); });
}

void RequestThread::listen() {
    http::ServerOptions options;
    options.address = process_.config.http.address;
    options.port = process_.config.http.port;
    options.trusted_proxies = process_.config.http.trusted_proxies;
    thread_.call([this, options] {
        server_ = std::make_unique<http::Server>(thread_.io(), worker_->edge(), worker_->sockets(),
                                                 options, tls_.get());
        server_->listen();
    });
}

void RequestThread::begin_drain(Seconds patience) {
    drained_ = thread_.start([this, patience] { return server_->drain(patience); });
}

void RequestThread::finish() { drained_.get(); }

}  // namespace taama::app
