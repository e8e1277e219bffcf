#include "platform/http/lean_json.hpp"

#include "platform/text/utf8.hpp"

namespace taama::http {

namespace {

// Copies value by value; what turns out to be empty is taken back by whoever holds it.
class LeanWriter {
public:
    explicit LeanWriter(std::string_view json) : rest_(json) { out_.reserve(json.size()); }

    std::string write() && {
        value();
        return std::move(out_);
    }

private:
    // Each returns whether there is something in the value.
    bool value() {
        switch (rest_.empty() ? '\0' : rest_.front()) {
            case '{': return object();
            case '[': return array();
            case '"': return string().size() > 2;
            default: return literal() != "null";
        }
    }

    bool object() {
        bool any = false;
        take(1);
        while (!rest_.empty() && rest_.front() != '}') {
            if (rest_.front() == ',') rest_.remove_prefix(1);
            const std::size_t before = out_.size();
            if (any) out_ += ',';
            const bool is_polyline = string().find("polyline") != std::string_view::npos;
            take(1);  // the colon
            if (value() && !is_polyline)
                any = true;
            else
                out_.resize(before);
        }
        take(1);
        return any;
    }

    bool array() {
        bool any = false;
        take(1);
        while (!rest_.empty() && rest_.front() != ']') {
            if (rest_.front() == ',') take(1);
            value();
            any = true;
        }
        take(1);
        return any;
    }

    std::string_view string() {
        std::size_t end = 1;
        while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
        return take(end + 1);
    }

    std::string_view literal() { return take(std::min(rest_.find_first_of(",]}"), rest_.size())); }

    std::string_view take(std::size_t size) {
        const std::string_view taken = rest_.substr(0, size);
        out_ += taken;
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view rest_;
    std::string out_;
};

}  // namespace

bool prefers_minimal(std::string_view prefer) {
    while (!prefer.empty()) {
        const auto end = prefer.find_first_of(",;");
        if (text::trim(prefer.substr(0, end)) == "return=minimal") return true;
        if (end == std::string_view::npos) break;
        prefer.remove_prefix(end + 1);
    }
    return false;
}

std::string lean_json(std::string_view json) { return LeanWriter{json}.write(); }

}  // namespace taama::http
