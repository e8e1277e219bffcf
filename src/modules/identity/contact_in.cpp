#include "modules/identity/contact_in.hpp"

namespace taama::identity {

void require_exactly_one(json::Reader& reader, std::initializer_list<Presence> fields) {
    int given = 0;
    std::string names;
    for (const auto& [name, is_given] : fields) {
        given += is_given;
        if (!names.empty()) names += ", ";
        names += name;
    }
    if (given == 1) return;
    const json::Said said{"donnez exactement un de : " + names, "give exactly one of: " + names};
    for (const auto& [name, is_given] : fields)
        if (given == 0 || is_given) reader.problem_at(name, said);
}

}  // namespace taama::identity
