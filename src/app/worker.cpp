#include "app/worker.hpp"

#include "app/http/absent_modules.hpp"
#include "app/http/documents.hpp"
#include "app/http/private_networks.hpp"
#include "app/http/request_observer.hpp"
#include "app/statement_seconds.hpp"
#include "app/unconfigured_senders.hpp"
#include "integrations/payments/wave.hpp"
#include "modules/audit/routes.hpp"
#include "modules/backoffice/policy.hpp"
#include "modules/backoffice/routes.hpp"
#include "modules/carpool/booking_payable.hpp"
#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/carpool.hpp"
#include "modules/carpool/location_reader.hpp"
#include "modules/carpool/ticket_keys.hpp"
#include "modules/carpool/trip_index_reader.hpp"
#include "modules/carpool/trip_reader.hpp"
#include "modules/drivers/drivers.hpp"
#include "modules/files/routes.hpp"
#include "modules/identity/authenticator.hpp"
#include "modules/identity/routes.hpp"
#include "modules/ledger/deps.hpp"
#include "modules/ledger/ledger.hpp"
#include "modules/messaging/messaging.hpp"
#include "modules/notifications/routes.hpp"
#include "modules/payments/deps.hpp"
#include "modules/payments/payments.hpp"
#include "modules/settings/operator_settings.hpp"
#include "modules/vehicles/vehicles.hpp"
#include "platform/http/idempotency.hpp"
#include "platform/http_client/client.hpp"
#include "platform/jobs/upkeep.hpp"
#include "sandbox/inbox_senders.hpp"
#include "sandbox/sandbox.hpp"

namespace taama::app {

namespace {

pg::Options database_options(Process& process) {
    pg::Options options;
    options.url = process.database_url;
    options.facts = &process.instruments.facts();
    options.on_answer = StatementSeconds{process.metrics};
    options.shared_connections = process.config.database.request_connections_per_thread;
    options.pipelining = process.config.database.pipelining;
    // A crowd on one trip queues for its row: they are answered late rather than with 503.
    options.acquire_timeout = std::chrono::seconds{8};
    return options;
}

http_client::Options client_options(const Process& process) {
    http_client::Options options;
    options.origins = {process.wave_base_url};
    options.facts = &process.instruments.facts();
    if (process.sandbox) {
        options.origins.push_back(process.local_url);
        options.own_origin = process.local_url;
    }
    return options;
}

Task<void> prune_keys(pg::Db& db, const Clock& clock) {
    co_await http::prune_idempotency_keys(db, clock.now());
}

http::EdgeSettings edge_settings(Process& process) {
    http::EdgeSettings edge;
    edge.rate_limit = [&settings = process.settings](std::string_view name, int fallback) {
        const auto value = settings.snapshot()->find_int(fmt::format("ratelimit.{}", name));
        return value ? static_cast<int>(*value) : fallback;
    };
    edge.origin_allowed = [&process](std::string_view origin) {
        const auto& configured = process.config.http.cors_origins;
        if (std::ranges::find(configured, origin) != configured.end()) return true;
        const auto set = process.settings.get(settings::cors_origins);
        return std::ranges::find(set, origin) != set.end();
    };
    edge.language = [language = process.config.operator_.language == "en"
                                    ? Language::en
                                    : Language::fr] { return language; };
    edge.is_of_absent_module = is_of_absent_module;
    edge.compress_min_bytes = [&settings = process.settings] {
        return static_cast<std::size_t>(settings.get(settings::compress_min_bytes));
    };
    return edge;
}

std::vector<http::ConstraintRefusal> constraint_refusals() {
    std::vector<http::ConstraintRefusal> all;
    for (const auto& refusals : {identity::constraints, carpool::constraints()})
        all.insert(all.end(), refusals.begin(), refusals.end());
    return all;
}

Task<http::Reply> refuse_disabled() {
    throw Refusal{errors::module_disabled};
    co_return http::Reply{};
}

// Whoever calls, an operation of a module that is not switched on answers 404 module_disabled.
void switch_off(http::Operations& operations, std::string_view area) {
    for (const auto& operation : operations.all()) {
        if (operation->area != area) continue;
        operation->signature.access = http::Access::open;
        operation->signature.transactional = false;
        operation->key = http::KeyRule::ignored;
        operation->call = [](http::Context&, pg::Tx*) { return refuse_disabled(); };
    }
}

}  // namespace

// In the order in which each is built from those before it.
struct Worker::Parts {
    Parts(asio::io_context& io, Process& shared)
        : process(shared),
          db(io, database_options(shared)),
          client(io, client_options(shared)),
          observer(shared.metrics) {
        register_everything();
    }

    void register_everything();

    Process& process;
    pg::Db db;
    http_client::Client client;
    RequestObserver observer;

    http::Operations operations;
    ws::Endpoints endpoints;
    ws::SocketRouter sockets{endpoints, process.hub};
    jobs::Registry jobs;
    events::Registry events;

    identity::Deps identity{.db = db,
                            .clock = process.clock,
                            .settings = process.settings,
                            .secrets = process.identity_secrets,
                            .token_signer = process.token_signer,
                            .work_pool = process.work_pool,
                            .revoked_sessions = *process.revoked_sessions,
                            .file_urls = process.file_urls,
                            .zone = process.zone,
                            .public_url = process.public_url,
                            .country = process.config.operator_.country,
                            .modules = process.config.modules,
                            .permissions_of = backoffice::permissions_of,
                            .dev_mode = process.config.dev_mode};
    identity::Authenticator authenticator{identity};

    files::Readers file_readers;
    files::Deps files{.db = db,
                      .clock = process.clock,
                      .settings = process.settings,
                      .urls = process.file_urls,
                      .readers = file_readers,
                      .store = process.file_store,
                      .work_pool = process.work_pool};

    UnconfiguredSms no_sms;
    UnconfiguredEmail no_email;
    std::unique_ptr<sandbox::InboxSmsSender> inbox_sms =
        process.inbox ? std::make_unique<sandbox::InboxSmsSender>(*process.inbox, process.clock)
                      : nullptr;
    std::unique_ptr<sandbox::InboxEmailSender> inbox_email =
        process.inbox ? std::make_unique<sandbox::InboxEmailSender>(*process.inbox, process.clock)
                      : nullptr;
    notifications::Deps notifications{
        .db = db,
        .clock = process.clock,
        .settings = process.settings,
        .sealer = process.sealer,
        .sms_sender = inbox_sms ? static_cast<notifications::SmsSender&>(*inbox_sms) : no_sms,
        .email_sender =
            inbox_email ? static_cast<notifications::EmailSender&>(*inbox_email) : no_email};

    vehicles::Deps vehicles{
        .clock = process.clock, .file_urls = process.file_urls, .settings = process.settings};

    ledger::Deps ledger{.db = db, .clock = process.clock};
    payments::Wave wave{{.base_url = process.wave_base_url,
                         .api_keys = process.wave_api_keys(),
                         .request_secret = process.config.wave.request_signing_secret,
                         .webhook_secrets = process.wave_webhook_secrets(),
                         .names_payer = process.config.dev_mode},
                        client,
                        process.clock};
    payments::ProviderRegistry providers;
    payments::PayableRegistry payables;
    payments::Deps payments{.db = db,
                            .clock = process.clock,
                            .settings = process.settings,
                            .sealer = process.sealer,
                            .payables = payables,
                            .providers = providers,
                            .public_url = process.public_url};

    backoffice::Deps backoffice;
    carpool::EstimateRouting routing{process.settings};
    carpool::TicketKeys ticket_keys;
    carpool::TripIndexReader trip_index{process.trip_index, db};
    carpool::TripReader trip_reader{db, process.trip_shapes};
    carpool::LocationReader locations{db};
    carpool::Deps carpool{.db = db,
                          .clock = process.clock,
                          .settings = process.settings,
                          .file_urls = process.file_urls,
                          .zone = process.zone,
                          .currency = process.currency,
                          .routing = routing,
                          .sealer = process.sealer,
                          .ticket_keys = ticket_keys,
                          .hub = process.hub,
                          .trip_index = trip_index,
                          .trip_reader = trip_reader,
                          .locations = locations};
    carpool::BookingPayable booking_payable{carpool};
    messaging::Deps booking_messages{.db = db,
                                     .clock = process.clock,
                                     .file_urls = process.file_urls,
                                     .hub = process.hub,
                                     .subject_kind = std::string{carpool::booking_subject},
                                     .path = "bookings"};

    std::unique_ptr<sandbox::Deps> sandbox = process.sandbox
                                                 ? std::make_unique<sandbox::Deps>(sandbox::Deps{
                                                       *process.sandbox, *process.inbox, client})
                                                 : nullptr;
    ProcessDeps process_routes{
        .db = db,
        .state = process.state,
        .metrics = process.metrics,
        .modules = process.config.modules,
        .storage_directory = process.config.files_directory.string(),
        .jobs_expected = true,
        .may_read_metrics = [&settings = process.settings](std::string_view ip) {
            return is_in_networks(ip, settings.get(settings::metrics_allow));
        }};
    DocumentDeps documents{process.openapi, process.settings};

    std::unique_ptr<http::Edge> edge;
};

void Worker::Parts::register_everything() {
    operations.read_context.currency = process.currency;
    operations.read_context.country = process.config.operator_.country;

    register_process_routes(operations, process_routes);
    register_documents(operations, documents);
    identity::add_routes(operations, identity);
    identity::add_jobs(jobs, identity);
    identity::add_consumers(events);
    identity::add_readers(file_readers);
    files::add_routes(operations, files);
    files::add_jobs(jobs, files);
    notifications::add_consumers(events, notifications);
    notifications::add_jobs(jobs, notifications);
    backoffice::add_routes(operations, backoffice);
    vehicles::register_routes(operations, vehicles);
    drivers::register_consumers(events);
    if (!process.config.wave.api_key.empty()) providers.add(wave);
    payables.add("booking", booking_payable);
    ledger::register_jobs(jobs, ledger);
    payments::register_routes(operations, payments);
    payments::register_jobs(jobs, payments);
    carpool::register_routes(operations, carpool);
    carpool::register_jobs(jobs, carpool);
    carpool::register_consumers(events, carpool);
    carpool::register_sockets(endpoints, carpool);
    messaging::register_routes(operations, booking_messages);
    messaging::register_consumers(events, booking_messages);
    messaging::register_sockets(endpoints, booking_messages);
    messaging::add_readers(file_readers);
    if (sandbox) sandbox::register_routes(operations, *sandbox);

    audit::add_jobs(jobs, db, process.clock);
    jobs::schedule_upkeep(jobs, db, process.clock);
    jobs.schedule("platform.prune_idempotency_keys", jobs::Every{Seconds{3600}},
                  [this] { return prune_keys(db, process.clock); });

    std::vector<http::ConstraintRefusal> constraints{identity::constraints.begin(),
                                                     identity::constraints.end()};
    const auto of_carpool = carpool::constraints();
    constraints.insert(constraints.end(), of_carpool.begin(), of_carpool.end());

    backoffice::apply_policy(operations);
    const auto& modules = process.config.modules;
    if (std::ranges::find(modules, "carpool") == modules.end())
        for (const std::string_view area : {"carpool", "messaging"}) switch_off(operations, area);

    edge = std::make_unique<http::Edge>(http::Edge::Parts{.db = db,
                                                          .clock = process.clock,
                                                          .authenticator = authenticator,
                                                          .rate_limiter = process.rate_limiter,
                                                          .sealer = process.sealer,
                                                          .observer = observer,
                                                          .operations = operations,
                                                          .settings = edge_settings(process),
                                                          .constraints = constraint_refusals()});
}

Worker::Worker(asio::io_context& io, Process& process)
    : parts_(std::make_unique<Parts>(io, process)) {}

Worker::~Worker() = default;

Task<void> Worker::connect() {
    co_await parts_->db.connect();
    co_await parts_->ticket_keys.load(parts_->db, parts_->process.sealer,
                                      parts_->process.clock.now());
}
void Worker::close() { parts_->db.close(); }
pg::Db& Worker::db() { return parts_->db; }
http::Operations& Worker::operations() { return parts_->operations; }
http::Edge& Worker::edge() { return *parts_->edge; }
const ws::SocketRouter& Worker::sockets() { return parts_->sockets; }
const jobs::Registry& Worker::jobs() { return parts_->jobs; }
const events::Registry& Worker::events() { return parts_->events; }

}  // namespace taama::app
