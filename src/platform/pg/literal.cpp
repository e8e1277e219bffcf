#include "platform/pg/literal.hpp"

#include <algorithm>

#include "platform/assert.hpp"

namespace taama::pg {

namespace {

std::string_view inside(std::string_view text, char open, char close) {
    ASSERT(text.size() >= 2 && text.front() == open && text.back() == close);
    return text.substr(1, text.size() - 2);
}

// From behind the opening quote to behind the closing one.
void read_quoted(std::string_view text, std::size_t& at, std::string& out) {
    while (true) {
        const std::size_t special = text.find_first_of("\"\\", at);
        ASSERT(special != std::string_view::npos);
        out.append(text, at, special - at);
        at = special + 1;
        const bool escaped = text[special] == '\\' || (at < text.size() && text[at] == '"');
        if (!escaped) return;
        ASSERT(at < text.size());
        out += text[at++];
    }
}

}  // namespace

ArrayLiteral::ArrayLiteral(std::string_view text) : text_(inside(text, '{', '}')) {}

bool ArrayLiteral::next(std::string& element) {
    if (at_ >= text_.size()) return false;
    element.clear();
    if (text_[at_] == '"') {
        read_quoted(text_, ++at_, element);
    } else {
        const std::size_t end = std::min(text_.find(',', at_), text_.size());
        element.assign(text_, at_, end - at_);
        at_ = end;
        ASSERT(element != "NULL" && !element.starts_with('{'));
    }
    ASSERT(at_ >= text_.size() || text_[at_] == ',');
    ++at_;
    return true;
}

RowLiteral::RowLiteral(std::string_view text) : text_(inside(text, '(', ')')) {}

RowLiteral::Found RowLiteral::next(std::string& field) {
    if (at_ > text_.size()) return Found::end;
    field.clear();
    const std::size_t began = at_;
    const bool quoted = at_ < text_.size() && text_[at_] == '"';
    if (quoted) {
        read_quoted(text_, ++at_, field);
    } else {
        at_ = std::min(text_.find(',', at_), text_.size());
        field.assign(text_, began, at_ - began);
    }
    ASSERT(at_ >= text_.size() || text_[at_] == ',');
    ++at_;
    return quoted || !field.empty() ? Found::value : Found::null;
}

}  // namespace taama::pg
