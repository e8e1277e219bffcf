#pragma once

// The answer of a statement, and its mapping onto values and described structs.

#include <boost/mp11/algorithm.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/pg/value.hpp"

struct pg_result;  // libpq's PGresult

namespace taama::pg {

class Rows;

class Row {
public:
    bool is_null(int column) const;
    std::string_view text(int column) const;  // empty for NULL

    template <class T>
    T get(int column) const {
        T value{};
        read(column, value);
        return value;
    }
    template <class T>
    void read(int column, T& out) const {
        if (is_null(column)) refuse_null(column);
        decode(text(column), out);
    }
    template <class T>
    void read(int column, std::optional<T>& out) const {
        if (is_null(column))
            out.reset();
        else
            decode(text(column), out.emplace());
    }
    // The described members from the columns in the same order; bases first. Column names must be
    // the members' names: a statement and its struct cannot drift apart silently. A member that is
    // a described struct itself takes as many columns as it has members, each under its own name;
    // an optional one is absent when its first column is NULL.
    template <DescribedStruct T>
    T as() const {
        T value{};
        int column = 0;
        read_members(column, value);
        check_width(column);
        return value;
    }

private:
    friend class Rows;
    Row(const pg_result* result, int row, int width) : result_(result), row_(row), width_(width) {}
    template <DescribedStruct T>
    void read_members(int& column, T& out) const {
        boost::mp11::mp_for_each<MembersOf<T>>(
            [&](auto member) { read_member(column, member.name, out.*member.pointer); });
    }
    template <class T>
    void read_member(int& column, const char* name, T& out) const {
        if constexpr (DescribedStruct<T>) {
            read_members(column, out);
        } else {
            check_name(column, name);
            read(column, out);
            ++column;
        }
    }
    template <DescribedStruct T>
    void read_member(int& column, const char*, std::optional<T>& out) const {
        if (is_null(column))
            column += width_of<T>();
        else
            read_members(column, out.emplace());
    }
    template <DescribedStruct T>
    static constexpr int width_of() {
        int columns = 0;
        boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
            using Member = std::remove_cvref_t<decltype(std::declval<T>().*member.pointer)>;
            if constexpr (DescribedStruct<Member>)
                columns += width_of<Member>();
            else
                ++columns;
        });
        return columns;
    }
    void check_name(int column, std::string_view name) const;
    void check_width(int columns) const;
    [[noreturn]] void refuse_null(int column) const;

    const pg_result* result_;
    int row_;
    int width_;  // columns
};

class Rows {
public:
    Rows() = default;
    explicit Rows(pg_result* owned);

    int size() const { return size_; }
    bool empty() const { return size_ == 0; }
    // Rows inserted, updated, deleted or selected.
    std::int64_t affected() const;
    Row operator[](int index) const;

    template <class T>
    T one() const {
        if (size() != 1) refuse_size();
        return convert<T>((*this)[0]);
    }
    template <class T>
    std::optional<T> at_most_one() const {
        if (size() > 1) refuse_size();
        return empty() ? std::nullopt : std::optional<T>{convert<T>((*this)[0])};
    }
    template <class T>
    std::vector<T> all() const {
        std::vector<T> values;
        values.reserve(static_cast<std::size_t>(size()));
        for (int i = 0; i < size(); ++i) values.push_back(convert<T>((*this)[i]));
        return values;
    }

private:
    template <class T>
    static T convert(Row row) {
        if constexpr (DescribedStruct<T>)
            return row.as<T>();
        else
            return row.get<T>(0);
    }
    [[noreturn]] void refuse_size() const;
    friend std::vector<Rows> by_place(const Rows& rows, std::size_t places);

    std::shared_ptr<pg_result> result_;
    int first_ = 0;
    int size_ = 0;
    int width_ = 0;
};

// The answer to several rows of a question (Tx::query_row) in parts, one for each: the last column,
// `place`, says which it belongs to, from 1 and in order. The parts do not have that column.
std::vector<Rows> by_place(const Rows& rows, std::size_t places);

}  // namespace taama::pg
