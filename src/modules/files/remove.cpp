#include "modules/files/remove.hpp"

#include <filesystem>
#include <set>

#include "modules/files/errors.hpp"
#include "modules/files/file_store.hpp"
#include "modules/files/process.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::files {

namespace {

constexpr int sweep_batch = 500;
constexpr std::size_t orphans_per_query = 500;
constexpr std::chrono::hours orphan_age{24};

// Storage keys of every object that has been there for a day: "ab/abcdef….large" belongs to
// "ab/abcdef…".
std::vector<std::string> old_keys(const LocalStore& store) {
    namespace fs = std::filesystem;
    std::set<std::string> keys;
    const auto limit = fs::file_time_type::clock::now() - orphan_age;
    std::error_code gone;
    for (const auto& entry : fs::recursive_directory_iterator{store.directory(), gone}) {
        if (!entry.is_regular_file(gone) || entry.last_write_time(gone) > limit) continue;
        const auto name = entry.path().filename().string();
        keys.insert(entry.path().parent_path().filename().string() + "/" +
                    name.substr(0, name.find('.')));
    }
    return {keys.begin(), keys.end()};
}

}  // namespace

Task<http::NoContent> delete_file(const Deps&, pg::Tx& tx, const http::Context& context,
                                  http::AnyCaller caller, http::Path<FileId> id) {
    const auto file = co_await lock_file(tx, *id);
    if (!file || !file->belongs_to(owner_of(caller.caller))) throw Refusal{errors::not_found};
    if (file->attached_id)
        throw Refusal{errors::conflict,
                      {{"attached_kind", *file->attached_kind},
                       {"attached_id", file->attached_id->to_string()}}};
    if (!next_status(file->status, FileEvent::remove))
        throw Refusal{errors::invalid_state,
                      {{"status", boost::describe::enum_to_string(file->status, "")}}};
    save_deleted(tx, *id, context.now);
    jobs::enqueue(tx, "files.remove", {{"storage_key", file->storage_key}}, context.now);
    co_return http::NoContent{};
}

Task<void> sweep(const Deps& deps) {
    for (;;) {
        pg::Tx tx = co_await deps.db.begin();
        const auto swept = co_await sweep_stale(tx, deps.clock.now(), sweep_batch);
        co_await tx.commit();
        if (swept.size() < sweep_batch) break;
    }
    // What was swept has no live row any more, so its objects are orphans like all others.
    const auto keys = co_await deps.work_pool.run([&] { return old_keys(deps.store); });
    for (std::size_t i = 0; i < keys.size(); i += orphans_per_query) {
        const auto end = std::min(i + orphans_per_query, keys.size());
        const std::vector<std::string> batch(keys.begin() + static_cast<std::ptrdiff_t>(i),
                                             keys.begin() + static_cast<std::ptrdiff_t>(end));
        for (const std::string& key : co_await find_orphans(deps.db, batch))
            co_await remove_objects(deps, key);
    }
}

}  // namespace taama::files
