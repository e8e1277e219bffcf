// Any path: rewriting it twice is rewriting it once, and routing never fails.

#include "platform/assert.hpp"
#include "platform/http/router.hpp"

namespace {

using namespace taama;

http::Operations some_operations() {
    http::Operations operations;
    for (const char* path : {"/trips", "/trips/{id}", "/trips/search", "/trips/{id}/stops",
                             "/payments/webhook/{provider}", "/admin/kyc/{id}/approve"}) {
        http::Operation operation;
        operation.path = path;
        operations.add(std::move(operation));
    }
    return operations;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const http::Operations operations = some_operations();
    static const http::Router router{operations};
    // The edge hands over nothing else than paths that begin with a slash.
    const std::string path = "/" + std::string{reinterpret_cast<const char*>(data), size};
    const std::string canonical = http::canonical_path(path);
    ASSERT(http::canonical_path(canonical) == canonical);
    const http::Match match = router.find(http::Method::get, canonical);
    for (const std::string_view value : match.path_values)
        ASSERT(!value.empty() && value.find('/') == std::string_view::npos);
    return 0;
}
