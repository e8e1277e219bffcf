#pragma once

// POST /files, PUT /files/{id}/content.

#include "modules/files/deps.hpp"
#include "modules/files/file.hpp"
#include "platform/http/routes.hpp"

namespace taama::files {

struct UploadIn {
    Purpose purpose = Purpose::kyc;
    json::Text<1, 100> content_type;
    json::Int<1, 1'000'000'000> size;
    std::optional<json::Text<64, 64>> sha256;  // hex
    std::optional<json::Text<1, 120>> name;
};
BOOST_DESCRIBE_STRUCT(UploadIn, (), (purpose, content_type, size, sha256, name))

struct UploadTarget {
    std::string method = "PUT";
    std::string url;
    boost::json::object headers;  // exactly to send
    UtcTime expires_at;
};
BOOST_DESCRIBE_STRUCT(UploadTarget, (), (method, url, headers, expires_at))

struct UploadView {
    FileView file;
    UploadTarget upload;
};
BOOST_DESCRIBE_STRUCT(UploadView, (), (file, upload))

Task<http::Created<UploadView>> request_upload(const Deps& deps, pg::Tx& tx,
                                               const http::Context& context, http::AnyCaller caller,
                                               http::Body<UploadIn> body);

struct UploadQuery {
    json::Int<0, 99'999'999'999> exp;
    json::Text<1, 100> sig;
};
BOOST_DESCRIBE_STRUCT(UploadQuery, (), (exp, sig))

// What the object store of another machine would do: the signature is the permission.
Task<http::NoContent> receive_upload(const Deps& deps, const http::Context& context, http::Public,
                                     http::Path<FileId> id, http::Query<UploadQuery> query,
                                     const http::Request& request);

}  // namespace taama::files
