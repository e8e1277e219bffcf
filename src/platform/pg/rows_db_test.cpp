// Structs out of columns: nested, absent, and several in an array.

#include <gtest/gtest.h>

#include <boost/describe/class.hpp>

#include "platform/pg/db.hpp"
#include "tests/support/database.hpp"

namespace taama::pg {
namespace {

struct Seat {
    std::int32_t row = 0;
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Seat, (), (row, note))

struct Person {
    std::string name;
    Seat seat;
};
BOOST_DESCRIBE_STRUCT(Person, (), (name, seat))

struct Numbered {
    std::int32_t id = 0;
};
BOOST_DESCRIBE_STRUCT(Numbered, (), (id))

struct Bus : Numbered {
    std::optional<Person> driver;
    std::vector<Seat> seats;
    Person owner;
};
BOOST_DESCRIBE_STRUCT(Bus, (Numbered), (driver, seats, owner))

constexpr Sql buses_sql{"test.buses", R"sql(
    select 1 as id, 'Awa' as name, 2 as row, null as note,
           array(select row(n, case n when 1 then 'a, "b" (c) \' when 2 then '' end)
                   from generate_series(1, 3) n) as seats,
           'Koné' as name, 3 as row, 'aisle' as note
    union all
    select 2, null, null, null, array[]::record[], 'Yao', 4, null
     order by id)sql"};
constexpr Sql drifted_sql{"test.drifted",
                          "select 1 as id, 'Awa' as name, 2 as line, null as note, "
                          "array[]::record[] as seats, 'Yao' as name, 4 as row, null as note"};
constexpr Sql hollow_sql{"test.hollow",
                         "select 1 as id, 'Awa' as name, 2 as row, null as note, "
                         "array[row(null::int, 'x'::text)] as seats, 'Yao' as name, 4 as row, "
                         "null as note"};
constexpr Sql narrow_sql{"test.narrow",
                         "select 1 as id, 'Awa' as name, 2 as row, null as note, "
                         "array[row(7)] as seats, 'Yao' as name, 4 as row, null as note"};

Task<void> reads_nested(Db& db) {
    const Rows rows = co_await db.query(buses_sql);
    const auto buses = rows.all<Bus>();
    EXPECT_EQ(buses.size(), 2u);
    if (buses.size() != 2) co_return;

    EXPECT_EQ(buses[0].id, 1);
    EXPECT_TRUE(buses[0].driver.has_value());
    EXPECT_EQ(buses[0].driver->name, "Awa");
    EXPECT_EQ(buses[0].driver->seat.row, 2);
    EXPECT_EQ(buses[0].driver->seat.note, std::nullopt);
    EXPECT_EQ(buses[0].owner.seat.note, "aisle");
    EXPECT_EQ(buses[0].seats.size(), 3u);
    EXPECT_EQ(buses[0].seats[0].note, R"(a, "b" (c) \)");
    EXPECT_EQ(buses[0].seats[1].note, "");
    EXPECT_EQ(buses[0].seats[2].row, 3);
    EXPECT_EQ(buses[0].seats[2].note, std::nullopt);

    EXPECT_FALSE(buses[1].driver.has_value());
    EXPECT_TRUE(buses[1].seats.empty());
    EXPECT_EQ(buses[1].owner.name, "Yao");
}

Task<void> refuses_null_within(Db& db) {
    const Rows rows = co_await db.query(hollow_sql);
    EXPECT_THROW(rows.one<Bus>(), UnexpectedAnswer);
}

Task<void> asks(Db& db, const Sql& sql) {
    const Rows rows = co_await db.query(sql);
    EXPECT_DEATH(rows.one<Bus>(), "assertion");
}

class PgRows : public testing::Test {
protected:
    test::TestDatabase database_;
};

TEST_F(PgRows, NestedStructsTakeTheirColumnsInPlace) { database_.run(reads_nested); }
TEST_F(PgRows, NullWithinARowIsAnException) { database_.run(refuses_null_within); }
TEST_F(PgRows, NamesAndWidthsMustAgree) {
    database_.run([](Db& db) { return asks(db, drifted_sql); });
    database_.run([](Db& db) { return asks(db, narrow_sql); });
}

}  // namespace
}  // namespace taama::pg
