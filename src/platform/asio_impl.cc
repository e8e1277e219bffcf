// Asio and Beast, compiled once. The ending keeps it out of the layers' globs: it has no
// precompiled header and other warnings.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
