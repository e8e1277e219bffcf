#include "tests/support/identity_bench.hpp"

#include "platform/crypto/hash.hpp"

namespace taama::test {

namespace {

constexpr pg::Sql latest_code_sql{"test.latest_code", R"sql(
    select payload ->> 'code_sealed' from platform.outbox
     where name = 'otp.requested' order by seq desc limit 1)sql"};

}  // namespace

Task<std::string> latest_code(const IdentityBench& bench) {
    const pg::Rows rows = co_await bench.db.query(latest_code_sql);
    const auto box = crypto::from_base64url(rows.one<std::string>());
    co_return bench.sealer.open("otp.code", *box).value();
}

Task<std::int64_t> scalar(pg::Db& db, const pg::Sql& sql) {
    const pg::Rows rows = co_await db.query(sql);
    co_return rows.one<std::int64_t>();
}

}  // namespace taama::test
