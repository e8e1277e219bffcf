#pragma once

// GET /files/{id}, POST /files/{id}/url, GET /files/{id}/content, GET /media/{id}/{variant}.

#include "modules/files/deps.hpp"
#include "modules/files/file.hpp"
#include "platform/http/routes.hpp"

namespace taama::files {

Task<http::Ok<FileView>> get_file(const Deps& deps, http::AnyCaller caller, http::Path<FileId> id);

struct ReadUrlIn {
    std::optional<json::Text<1, 20>> variant;
};
BOOST_DESCRIBE_STRUCT(ReadUrlIn, (), (variant))
struct ReadUrlView {
    std::string url;
    UtcTime expires_at;
};
BOOST_DESCRIBE_STRUCT(ReadUrlView, (), (url, expires_at))
// Whom the module that holds the file lets read it.
Task<http::Ok<ReadUrlView>> make_read_url(const Deps& deps, pg::Tx& tx,
                                          const http::Context& context, http::AnyCaller caller,
                                          http::Path<FileId> id, http::Body<ReadUrlIn> body);

struct ContentQuery {
    json::Text<1, 20> variant;
    json::Int<0, 99'999'999'999> exp;
    json::Text<1, 100> sig;
};
BOOST_DESCRIBE_STRUCT(ContentQuery, (), (variant, exp, sig))
Task<http::Raw> read_content(const Deps& deps, const http::Context& context, http::Public,
                             http::Path<FileId> id, http::Query<ContentQuery> query);

Task<http::Raw> read_media(const Deps& deps, http::Public, http::Path<FileId> id,
                           http::Path<std::string> variant);

}  // namespace taama::files
