#include "modules/files/files.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "modules/files/confirm.hpp"
#include "modules/files/errors.hpp"
#include "modules/files/file_store.hpp"
#include "modules/files/read.hpp"
#include "modules/files/remove.hpp"
#include "modules/files/upload.hpp"
#include "platform/files/image.hpp"
#include "tests/support/identity_bench.hpp"

namespace taama::files {
namespace {

using test::bench_start;
using test::body;

// A directory of its own, gone with the test.
struct Directory {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("taama-files-" + Uuid::make().to_string());
    ~Directory() { std::filesystem::remove_all(path); }
};

struct Bench {
    explicit Bench(pg::Db& db) : identity(db) {
        start_image_library();
        readers.on("kyc_document",
                   [](pg::Tx&, const ReadRequest&) -> Task<bool> { co_return true; });
    }
    test::IdentityBench identity;
    Directory directory;
    LocalStore store{directory.path};
    Readers readers;
    Deps deps{.db = identity.db,
              .clock = identity.clock,
              .settings = identity.settings,
              .urls = identity.file_urls,
              .readers = readers,
              .store = store,
              .work_pool = identity.work_pool};
    http::Caller owner = [] {
        http::Caller caller;
        caller.kind = http::Caller::Kind::user;
        caller.id = Uuid::make();
        return caller;
    }();
};

void run(Task<void> (*flow)(Bench&)) {
    const test::TestDatabase database;
    database.run([flow](pg::Db& db) -> Task<void> {
        return [](pg::Db& on, Task<void> (*body)(Bench&)) -> Task<void> {
            Bench bench{on};
            bench.identity.clock.set(bench_start);
            bench.identity.context.caller = bench.owner;
            co_await body(bench);
        }(db, flow);
    });
}

// A PNG of one red pixel.
std::string png() {
    constexpr unsigned char bytes[] = {
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
        0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00,
        0x00, 0x90, 0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x08,
        0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0x00, 0x00, 0x03, 0x01, 0x01, 0x00, 0x18, 0xdd, 0x8d,
        0xb0, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
    return {reinterpret_cast<const char*>(bytes), sizeof bytes};
}

Task<UploadView> ask(Bench& bench, std::string purpose, std::string type, std::size_t size) {
    pg::Tx tx = co_await bench.deps.db.begin();
    auto created = co_await request_upload(
        bench.deps, tx, bench.identity.context, {bench.owner},
        body<UploadIn>(fmt::format(R"({{"purpose":"{}","content_type":"{}","size":{}}})", purpose,
                                   type, size)));
    co_await tx.commit();
    co_return std::move(created.value);
}

Task<std::string> ask_word(Bench& bench, std::string purpose, std::string type, std::size_t size) {
    try {
        co_await ask(bench, purpose, type, size);
        co_return "";
    } catch (const Refusal& refusal) {
        co_return std::string{refusal.code().code};
    }
}

struct Put {
    UploadView upload;
    std::string bytes;
    std::string content_type = "image/png";
    UtcTime at = bench_start;
};

// Sends the bytes to the signed address. Answers the refusal's code, or "".
Task<std::string> put(Bench& bench, Put what) {
    const std::string url = what.upload.upload.url;
    const auto after = [&](std::string_view key) {
        const auto from = url.find(key) + key.size();
        return url.substr(from, url.find('&', from) - from);
    };
    http::Request request;
    request.body = what.bytes;
    request.header = [type = what.content_type](std::string_view name) {
        return name == "Content-Type" ? std::string_view{type} : std::string_view{};
    };
    http::Query<UploadQuery> query{};
    query.value.exp.value = std::stoll(after("exp="));
    query.value.sig.value = after("sig=");
    try {
        const http::Context context = bench.identity.context_at(what.at);
        co_await receive_upload(bench.deps, context, {}, {what.upload.file.id}, query, request);
        co_return "";
    } catch (const Refusal& refusal) {
        co_return std::string{refusal.code().code};
    }
}

// "ready", "processing", or the refusal's code with its reason.
Task<std::string> confirm(Bench& bench, FileId id) {
    try {
        auto answer =
            co_await confirm_upload(bench.deps, bench.identity.context, {bench.owner}, {id});
        co_return boost::describe::enum_to_string(answer.value.status, "");
    } catch (const Refusal& refusal) {
        std::string word{refusal.code().code};
        if (const auto* reason = refusal.details().if_contains("reason"))
            word += " " + std::string{reason->as_string()};
        co_return word;
    }
}

TEST(Files, UploadToReady_S1_012) {
    run(+[](Bench& bench) -> Task<void> {
        const UploadView upload = co_await ask(bench, "vehicle_photo", "image/png", png().size());
        EXPECT_EQ(co_await confirm(bench, upload.file.id), "invalid_state nothing_uploaded");
        EXPECT_EQ(co_await put(bench, {upload, png()}), "");
        EXPECT_EQ(co_await put(bench, {upload, png()}), "forbidden");  // second use
        EXPECT_EQ(co_await confirm(bench, upload.file.id), "ready");
        EXPECT_EQ(co_await confirm(bench, upload.file.id), "ready");

        const auto file = co_await get_file(bench.deps, {bench.owner}, {upload.file.id});
        EXPECT_EQ(file.value.variants.size(), 3U);
        const auto media = co_await read_media(bench.deps, {}, {upload.file.id}, {"thumb"});
        EXPECT_EQ(media.content_type, "image/jpeg");
        EXPECT_FALSE(media.body.empty());
        EXPECT_FALSE(bench.store.get(upload.file.id.to_string()).has_value());
    });
}

TEST(Files, AddressIsForOneUpload) {
    run(+[](Bench& bench) -> Task<void> {
        const UploadView upload = co_await ask(bench, "kyc", "image/png", png().size());
        EXPECT_EQ(co_await put(bench, {upload, png() + "x"}), "forbidden");
        EXPECT_EQ(co_await put(bench, {upload, png(), "image/jpeg"}), "forbidden");
        EXPECT_EQ(co_await put(bench, {upload, png(), "image/png", bench_start + 15min}),
                  "forbidden");
        UploadView other = co_await ask(bench, "kyc", "image/png", png().size());
        other.upload = upload.upload;
        EXPECT_EQ(co_await put(bench, {other, png()}), "forbidden");
    });
}

TEST(Files, RefusedBytes_S1_067) {
    run(+[](Bench& bench) -> Task<void> {
        const struct {
            const char* name;
            std::string bytes;
            std::string type;
            const char* answer;
        } cases[] = {
            {"a PDF named PNG", "%PDF-1.7\n%%EOF", "image/png", "file_rejected type"},
            {"SVG", "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "file_rejected type"},
            {"GIF and script", "GIF89a/*...*/=alert(1)", "image/png", "file_rejected type"},
            {"half a PNG", png().substr(0, 40), "image/png", "file_rejected decode"},
        };
        for (const auto& c : cases) {
            SCOPED_TRACE(c.name);
            const UploadView upload = co_await ask(bench, "kyc", c.type, c.bytes.size());
            EXPECT_EQ(co_await put(bench, {upload, c.bytes, c.type}), "");
            EXPECT_EQ(co_await confirm(bench, upload.file.id), c.answer);
            EXPECT_EQ(co_await confirm(bench, upload.file.id), c.answer);
        }
    });
}

TEST(Files, RefusedRequests) {
    run(+[](Bench& bench) -> Task<void> {
        EXPECT_EQ(co_await ask_word(bench, "kyc", "image/svg+xml", 10), "validation_error");
        EXPECT_EQ(co_await ask_word(bench, "avatar", "application/pdf", 10), "validation_error");
        EXPECT_EQ(co_await ask_word(bench, "avatar", "image/png", 5 * 1024 * 1024 + 1),
                  "validation_error");
        EXPECT_EQ(co_await ask_word(bench, "kyc", "image/png", 0), "validation_error");
        EXPECT_EQ(co_await ask_word(bench, "secret", "image/png", 1), "validation_error");
        for (int i = 0; i < 20; ++i)
            EXPECT_EQ(co_await ask_word(bench, "kyc", "image/png", 10), "");
        EXPECT_EQ(co_await ask_word(bench, "kyc", "image/png", 10), "limit_exceeded");
        bench.owner.kind = http::Caller::Kind::staff;
        EXPECT_EQ(co_await ask_word(bench, "kyc", "image/png", 10), "forbidden");
    });
}

TEST(Files, ConfirmedTwiceAtOnce) {
    run(+[](Bench& bench) -> Task<void> {
        const UploadView upload = co_await ask(bench, "kyc", "image/png", png().size());
        co_await put(bench, {upload, png()});
        std::vector<Task<std::string>> both;
        both.push_back(confirm(bench, upload.file.id));
        both.push_back(confirm(bench, upload.file.id));
        auto answers = co_await test::together(std::move(both));
        EXPECT_GE(answers["ready"], 1);
        EXPECT_EQ(answers["ready"] + answers["processing"], 2);
        constexpr pg::Sql news{"test.news", R"sql(
            select count(*) from platform.outbox where name = 'file.ready')sql"};
        EXPECT_EQ(co_await test::scalar(bench.deps.db, news), 1);
    });
}

TEST(Files, AttachedOnceAndOnlyByItsOwner) {
    run(+[](Bench& bench) -> Task<void> {
        const UploadView upload = co_await ask(bench, "kyc", "image/png", png().size());
        const FileId id = upload.file.id;
        const Owner owner = Owner::user(bench.owner.account());
        const Holder holder{"kyc_document", Uuid::make()};
        pg::Tx tx = co_await bench.deps.db.begin();
        EXPECT_EQ(co_await attach(tx, id, owner, Purpose::kyc, holder, bench_start),
                  Attaching::not_ready);
        co_await tx.commit();
        co_await put(bench, {upload, png()});
        co_await confirm(bench, id);

        pg::Tx again = co_await bench.deps.db.begin();
        const auto other = Owner::user(AccountId::make());
        EXPECT_EQ(co_await attach(again, id, other, Purpose::kyc, holder, bench_start),
                  Attaching::unknown);
        EXPECT_EQ(co_await attach(again, id, owner, Purpose::avatar, holder, bench_start),
                  Attaching::unknown);
        for (int i = 0; i < 2; ++i)
            EXPECT_EQ(co_await attach(again, id, owner, Purpose::kyc, holder, bench_start),
                      Attaching::attached);
        EXPECT_EQ(co_await attach(again, id, owner, Purpose::kyc, {"kyc_document", Uuid::make()},
                                  bench_start),
                  Attaching::held_by_another);
        co_await again.commit();

        pg::Tx deleting = co_await bench.deps.db.begin();
        try {
            co_await delete_file(bench.deps, deleting, bench.identity.context, {bench.owner}, {id});
            ADD_FAILURE();
        } catch (const Refusal& refusal) {
            EXPECT_EQ(refusal.details().at("attached_kind").as_string(), "kyc_document");
        }
    });
}

TEST(Files, SweepForgetsWhatNobodyUses) {
    run(+[](Bench& bench) -> Task<void> {
        co_await ask(bench, "kyc", "image/png", 10);  // never uploaded
        const UploadView ready = co_await ask(bench, "kyc", "image/png", png().size());
        co_await put(bench, {ready, png()});
        co_await confirm(bench, ready.file.id);
        constexpr pg::Sql states{"test.states", R"sql(
            select string_agg(status, ' ' order by status) from files.files)sql"};
        const struct {
            Seconds after;
            const char* states;
        } steps[] = {{Seconds{3599}, "ready requested"},
                     {Seconds{3600}, "expired ready"},
                     {Seconds{86'399}, "expired ready"},
                     {Seconds{86'400 + 10}, "deleted expired"}};
        for (const auto& step : steps) {
            SCOPED_TRACE(step.after.count());
            bench.identity.clock.set(bench_start + step.after);
            co_await sweep(bench.deps);
            const pg::Rows rows = co_await bench.deps.db.query(states);
            EXPECT_EQ(rows.one<std::string>(), step.states);
        }
    });
}

}  // namespace
}  // namespace taama::files
