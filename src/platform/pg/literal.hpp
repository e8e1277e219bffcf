#pragma once

// The text form of PostgreSQL's arrays and rows, taken apart value by value.

#include <string>
#include <string_view>

namespace taama::pg {

// `{1,"a,b",NULL}`: one dimension; quoted where a value needs it, backslash escapes.
class ArrayLiteral {
public:
    explicit ArrayLiteral(std::string_view text);
    // False behind the last. A NULL is a defect of the statement.
    bool next(std::string& element);

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

// `(1,"a,b",)`: nothing at all is NULL; quoted where a value needs it, quotes doubled.
class RowLiteral {
public:
    explicit RowLiteral(std::string_view text);
    enum class Found : unsigned char { value, null, end };
    Found next(std::string& field);

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace taama::pg
