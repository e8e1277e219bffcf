#pragma once

// The operations on files: requests, answers, handlers.

#include "modules/files/file_view.hpp"
#include "platform/http/routes.hpp"

namespace taama::files {

struct NewUpload {
    Purpose purpose;
    json::Text<1, 100> content_type;
    json::Int<1, 10 * 1024 * 1024> size;
    std::optional<json::Text<64, 64>> sha256;
    std::optional<json::Text<1, 120>> name;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(NewUpload, (), (purpose, content_type, size, sha256, name))

struct UploadTarget {
    std::string method;
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

struct LinkRequest {
    std::optional<json::Text<1, 20>> variant;
};
BOOST_DESCRIBE_STRUCT(LinkRequest, (), (variant))

struct LinkView {
    std::string url;
    UtcTime expires_at;
};
BOOST_DESCRIBE_STRUCT(LinkView, (), (url, expires_at))

Task<http::Created<UploadView>> request_upload(const Deps&, pg::Tx&, http::Context&,
                                               http::AnyCaller, http::Body<NewUpload>);
Task<http::Raw> put_content(const Deps&, http::Context&, http::Public, const http::Request&,
                            http::Path<FileId>);
Task<http::Either<FileView>> confirm_upload(const Deps&, http::Context&, http::AnyCaller,
                                            http::Path<FileId>);
Task<http::Ok<FileView>> get_file(const Deps&, http::AnyCaller, http::Path<FileId>);
Task<http::Ok<LinkView>> make_read_link(const Deps&, pg::Tx&, http::Context&, http::AnyCaller,
                                        http::Path<FileId>, http::Body<LinkRequest>);
Task<http::Raw> get_content(const Deps&, http::Context&, http::Public, const http::Request&,
                            http::Path<FileId>);
Task<http::Raw> get_media(const Deps&, http::Public, http::Path<FileId>, http::Path<std::string>);
Task<http::NoContent> delete_file(const Deps&, pg::Tx&, http::Context&, http::AnyCaller,
                                  http::Path<FileId>);

}  // namespace taama::files
