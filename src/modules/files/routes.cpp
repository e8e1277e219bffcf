#include "modules/files/routes.hpp"

#include "modules/files/confirm.hpp"
#include "modules/files/process.hpp"
#include "modules/files/purpose_rules.hpp"
#include "modules/files/read.hpp"
#include "modules/files/remove.hpp"
#include "modules/files/upload.hpp"

namespace taama::files {

namespace {

constexpr http::RateClass upload_class{"upload", 120, std::chrono::hours{1},
                                       http::RateClass::By::caller};

Task<void> process_job(const Deps& deps, std::string file_id) {
    if (const auto id = FileId::parse(file_id)) co_await process(deps, *id);
}

}  // namespace

void add_routes(http::Operations& operations, const Deps& deps) {
    http::Routes routes{operations, "files", deps};
    routes.post("/files", request_upload).summary("Ask for an upload address").rate(upload_class);
    routes.put("/files/{id}/content", receive_upload)
        .summary("Upload the bytes to the signed address")
        .body_limit(upload_size_max)
        .hidden();
    routes.get("/files/{id}/content", read_content)
        .summary("Read a private file by its signed address")
        .hidden();
    routes.post("/files/{id}/confirm", confirm_upload)
        .summary("Say that the upload is complete")
        .key_ignored();
    routes.get("/files/{id}", get_file).summary("A file");
    routes.post("/files/{id}/url", make_read_url)
        .summary("A short-lived address of a private file");
    routes.del("/files/{id}", delete_file).summary("Delete a file that nothing refers to");
    routes.get("/media/{id}/{variant}", read_media).summary("A public picture").at_root().hidden();
}

void add_jobs(jobs::Registry& registry, const Deps& deps) {
    registry.on("files.process", [&deps](const jobs::Job& job) {
        return process_job(deps, std::string{job.payload.at("file_id").as_string()});
    });
    registry.on("files.remove", [&deps](const jobs::Job& job) {
        return remove_objects(deps, std::string{job.payload.at("storage_key").as_string()});
    });
    registry.schedule("files.sweep", jobs::Every{std::chrono::hours{1}},
                      [&deps] { return sweep(deps); });
}

}  // namespace taama::files
