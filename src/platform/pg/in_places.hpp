#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace taama::pg {

// What a statement found for many questions, in their order: `Row` is an `Answer` that says by
// `place`, from 1, whose it is. Nothing where there is no row.
template <class Answer, class Row>
std::vector<std::optional<Answer>> in_places(std::vector<Row> rows, std::size_t questions) {
    std::vector<std::optional<Answer>> answers(questions);
    for (Row& row : rows) answers.at(row.place - 1) = std::move(row);
    return answers;
}

}  // namespace taama::pg
