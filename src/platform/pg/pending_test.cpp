#include "platform/pg/pending.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace taama::pg {
namespace {

// Statements of one letter: lower case for rows, upper case for what stands alone.
constexpr Sql a_sql{"a", ""}, b_sql{"b", ""}, c_sql{"c", ""}, last_sql{"z", ""}, alone_sql{"S", ""};

Sql sql_of(char letter) {
    return letter == 'a' ? a_sql : letter == 'b' ? b_sql : letter == 'c' ? c_sql : last_sql;
}

Params row_of(std::size_t flow) {
    Params row;
    row.add_text(std::to_string(flow));
    return row;
}

Pending flow_of(std::size_t flow, std::string_view letters) {
    Pending pending;
    for (const char letter : letters) {
        if (letter == 'S') {
            pending.add(Statement{alone_sql, row_of(flow)});
            continue;
        }
        RowsOf rows{sql_of(letter)};
        rows.add(row_of(flow));
        if (letter == 'z')
            pending.add_last(rows);
        else
            pending.add(std::move(rows));
    }
    return pending;
}

// "a0,1 S b0": each statement with whose its rows are.
std::string told(const std::vector<Step>& steps) {
    std::string text;
    for (const Step& step : steps) {
        if (!text.empty()) text += ' ';
        const auto* rows = std::get_if<RowsOf>(&step);
        if (rows == nullptr) {
            text += std::get<Statement>(step).name;
            continue;
        }
        std::string values = rows->columns.at(0);
        std::erase(values, '"');
        text += fmt::format("{}{}", rows->sql.name, values);
        EXPECT_EQ(fmt::to_string(fmt::join(rows->flows, ",")), values);
        EXPECT_EQ(rows->flows.size(), rows->count);
    }
    return text;
}

std::string merged(const std::vector<std::string_view>& flows) {
    std::vector<Pending> pending;
    for (std::size_t i = 0; i < flows.size(); ++i) pending.push_back(flow_of(i, flows[i]));
    return told(merge(std::move(pending)));
}

TEST(Pending, FlowsThatSayTheSameSayItTogether) {
    struct Case {
        std::vector<std::string_view> flows;
        std::string_view expected;
    };
    const std::vector<Case> cases{
        {{}, ""},
        {{"", ""}, ""},
        {{"abc"}, "a0 b0 c0"},
        {{"aab"}, "a0,0 b0"},
        {{"aba"}, "a0 b0 a0"},
        {{"abc", "abc"}, "a0,1 b0,1 c0,1"},
        {{"abc", "ac"}, "a0,1 b0 c0,1"},
        {{"ac", "abc"}, "a1,0 b1 c0,1"},
        {{"ab", "cab", "ab"}, "c1 a0,1,2 b0,1,2"},
        {{"ab", "Sab"}, "S a0,1 b0,1"},
        {{"aSb", "ab"}, "a0,1 S b0,1"},
        {{"ab", "ba"}, "a0 b1,0 a1"},
        {{"zaz", "za"}, "a0,1 z0,0,1"},
        {{"aSza", "Sz"}, "S a0 S a0 z0,1"},
    };
    for (const Case& each : cases) EXPECT_EQ(merged(each.flows), each.expected);
}

TEST(Pending, WhatOneSaysStaysInItsOrder) {
    Pending pending = flow_of(0, "azSbbza");
    EXPECT_TRUE(pending.writes());
    EXPECT_EQ(told(pending.take()), "a0 S b0,0 a0 z0,0");
    EXPECT_TRUE(pending.is_empty());
    EXPECT_FALSE(pending.writes());
}

}  // namespace
}  // namespace taama::pg
