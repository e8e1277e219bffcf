#include "app/worker.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "modules/backoffice/policy.hpp"
#include "platform/http/openapi.hpp"
#include "platform/loop_thread.hpp"

namespace taama::app {
namespace {

// All operations of the program, with secrets of its own and a database that nobody asks.
class Wiring : public testing::Test {
protected:
    explicit Wiring(std::vector<std::string> modules = {"carpool"}) {
        std::string pattern = (std::filesystem::temp_directory_path() / "taama-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        config::Config config;
        config.data_directory = directory_;
        config.files_directory = directory_ / "files";
        config.dev_mode = true;
        config.modules = std::move(modules);
        config.http.port = 8080;
        config::load_or_make_dev_secrets(config);
        process_ = std::make_unique<Process>(std::move(config), "host=/nonexistent");
        thread_.call([this] { worker_ = std::make_unique<Worker>(thread_.io(), *process_); });
    }
    ~Wiring() override {
        thread_.call([this] { worker_->close(); });
        thread_.join();
        worker_.reset();
        process_.reset();
        std::filesystem::remove_all(directory_);
    }
    const auto& operations() { return worker_->operations().all(); }

    std::filesystem::path directory_;
    std::unique_ptr<Process> process_;
    LoopThread thread_;
    std::unique_ptr<Worker> worker_;
};

TEST_F(Wiring, PolicyCoversEveryStaffOperation_S1_150) {
    std::set<std::string, std::less<>> staff;
    for (const auto& operation : operations()) {
        const auto access = operation->signature.access;
        if (access == http::Access::staff) EXPECT_NE(operation->roles, 0) << operation->name();
        if (operation->roles == 0) continue;
        EXPECT_TRUE(access == http::Access::staff || access == http::Access::any)
            << operation->name();
        staff.insert(operation->name());
    }
    EXPECT_EQ(staff.size(), std::size(backoffice::policy));
    for (const auto& row : backoffice::policy) EXPECT_TRUE(staff.contains(row.operation));
    for (const auto& operation : operations()) {
        if (operation->path.starts_with("/admin/") && operation->path != "/admin/login") {
            EXPECT_TRUE(staff.contains(operation->name())) << operation->name();
        }
    }
}

TEST_F(Wiring, PathsAndParametersAgree) {
    for (const auto& operation : operations()) {
        if (operation->hidden) continue;  // what plays an outside service reads its path itself
        const auto values = std::ranges::count(operation->path, '{');
        EXPECT_EQ(values, operation->signature.path_values) << operation->name();
        for (const auto& alias : operation->aliases)
            EXPECT_EQ(std::ranges::count(alias, '{'), values) << alias;
        EXPECT_FALSE(operation->summary_text.empty()) << operation->name();
    }
}

TEST_F(Wiring, DocumentNamesEveryPublishedOperationOnce) {
    const auto document = http::openapi_document(worker_->operations(), "Taama", "1");
    std::set<std::string_view> ids;
    std::size_t count = 0;
    for (const auto& [path, item] : document.at("paths").as_object())
        for (const auto& [method, operation] : item.as_object()) {
            const auto& id = operation.at("operationId").as_string();
            EXPECT_TRUE(ids.emplace(id.data(), id.size()).second) << path << " " << id;
            ++count;
        }
    std::size_t published = 0;
    for (const auto& operation : operations())
        if (!operation->hidden) published += 1 + operation->aliases.size();
    EXPECT_EQ(count, published);
}

class WiringWithoutCarpool : public Wiring {
protected:
    WiringWithoutCarpool() : Wiring(std::vector<std::string>{}) {}
};

TEST_F(WiringWithoutCarpool, ItsOperationsAnswerModuleDisabled) {
    int disabled = 0;
    for (const auto& operation : operations()) {
        if (operation->area != "carpool" && operation->area != "messaging") continue;
        ++disabled;
        const http::Request request;
        http::Context context{.request = request,
                              .request_id = {},
                              .now = {},
                              .caller = {},
                              .idempotency_key = {},
                              .path_values = {},
                              .response_headers = {},
                              .operation = {}};
        try {
            thread_.run([&] { return operation->call(context, nullptr); });
            ADD_FAILURE() << operation->name();
        } catch (const Refusal& refusal) {
            EXPECT_TRUE(refusal == errors::module_disabled) << operation->name();
        }
    }
    EXPECT_GT(disabled, 20);
}

}  // namespace
}  // namespace taama::app
