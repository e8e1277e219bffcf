#include "modules/files/operations.hpp"
#include "modules/files/purposes.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::files {

namespace {

constexpr http::RateClass upload_class{"upload", 60, 60s, http::RateClass::By::caller};

Task<void> sweep(const Deps& deps) {
    pg::Tx tx = co_await deps.db.begin();
    const auto swept = co_await sweep_files(tx, deps.clock.now());
    co_await tx.commit();

    for (const SweptFile& file : swept)
        co_await deps.work_pool.run([&] {
            deps.store.remove(upload_key(file.storage_key));
            for (const std::string& name : variant_names(file.variants))
                deps.store.remove(variant_key(file.storage_key, name));
        });
}

}  // namespace

void register_routes(http::Operations& operations, const Deps& deps) {
    http::Routes<Deps> routes{operations, "files", deps};
    routes.post("/files", request_upload).summary("Ask for an upload address").rate(upload_class);
    routes.put("/files/{id}/content", put_content)
        .summary("Upload the bytes to the signed address")
        .body_limit(upload_size_max);
    routes.get("/files/{id}/content", get_content).summary("Read by a signed address");
    routes.post("/files/{id}/confirm", confirm_upload)
        .summary("The bytes are there: process them")
        .key_ignored();
    routes.get("/files/{id}", get_file).summary("A file's metadata");
    routes.post("/files/{id}/url", make_read_link).summary("A short-lived address to read it");
    routes.del("/files/{id}", delete_file).summary("Delete an unattached file");
    routes.get("/media/{id}/{variant}", get_media).at_root().summary("A public picture");
}

void register_jobs(jobs::Registry& registry, const Deps& deps) {
    registry.schedule("files.sweep", jobs::Every{Seconds{3600}}, [&deps] { return sweep(deps); });
}

}  // namespace taama::files
