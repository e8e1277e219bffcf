#include "modules/files/purpose_rules.hpp"

#include <algorithm>

#include "platform/assert.hpp"

namespace taama::files {

const PurposeRule& rule_of(Purpose purpose) {
    const auto found = std::ranges::find(purpose_rules, purpose, &PurposeRule::purpose);
    ASSERT(found != std::end(purpose_rules));
    return *found;
}

bool allows_type(const PurposeRule& rule, std::string_view type) {
    return type == content_type(Content::jpeg) || type == content_type(Content::png) ||
           type == content_type(Content::webp) ||
           (rule.allows_pdf && type == content_type(Content::pdf));
}

}  // namespace taama::files
