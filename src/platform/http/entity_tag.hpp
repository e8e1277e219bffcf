#pragma once

// Entity tags name the state of a thing. Its representations (lean, compressed) carry marks behind
// the state, so that a tag stays strong: "0f3c", "0f3c-zstd", "0f3c-min-zstd".

#include <string>
#include <string_view>

namespace taama::http {

std::string marked_tag(std::string_view tag, std::string_view mark);

// If-None-Match: the listed tag that stands for the same representation, whatever its encoding; the
// tag itself for `*`; empty when there is none.
std::string_view find_tag(std::string_view list, std::string_view tag);

// If-Match: whether a tag of the list, or `*`, names the same state.
bool names_state(std::string_view list, std::string_view tag);

}  // namespace taama::http
