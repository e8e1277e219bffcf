#pragma once

// The answer of a statement, and its mapping onto values and described structs.

#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/pg/value.hpp"

struct pg_result;  // libpq's PGresult

namespace taama::pg {

class Rows;

// The data is not as the statement's author thought: NULL in a member that has none, no row or
// several where one was to be. A defect of this one request, not of the whole server.
struct UnexpectedAnswer : std::logic_error {
    using std::logic_error::logic_error;
};

template <class T>
concept DescribedStruct = boost::describe::has_describe_members<T>::value;

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
    // the members' names: a statement and its struct cannot drift apart silently.
    template <DescribedStruct T>
    T as() const {
        T value{};
        int column = 0;
        boost::mp11::mp_for_each<boost::describe::describe_members<
            T, boost::describe::mod_any_access | boost::describe::mod_inherited>>([&](auto member) {
            check_name(column, member.name);
            read(column, value.*member.pointer);
            ++column;
        });
        check_width(column);
        return value;
    }

private:
    friend class Rows;
    Row(const pg_result* result, int row) : result_(result), row_(row) {}
    void check_name(int column, std::string_view name) const;
    void check_width(int columns) const;
    [[noreturn]] void refuse_null(int column) const;

    const pg_result* result_;
    int row_;
};

class Rows {
public:
    Rows() = default;
    explicit Rows(pg_result* owned);

    int size() const;
    bool empty() const { return size() == 0; }
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
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

}  // namespace taama::pg
