#pragma once

// taama database start | stop | status | psql: the private cluster by hand. Each returns the exit
// code; what a script wants to read goes to standard output, remarks go to standard error.

#include <string>
#include <vector>

#include "app/database/cluster.hpp"

namespace taama::app {

// Prints the URL and leaves the server running.
int start_database(const ClusterOptions& options);

// 1 while another program uses it. With `remove` the cluster and all its data are deleted.
int stop_database(const ClusterOptions& options, bool remove);

// Prints whether it runs, where its files are and the URL; 1 when it does not run.
int show_database(const ClusterOptions& options);

// psql with its own `arguments`, on the cluster's database `taama`; starts the server for that long
// when it does not run.
int open_psql(const ClusterOptions& options, const std::vector<std::string>& arguments);

// The same on a database that is not ours.
int open_psql(const std::string& url, const std::vector<std::string>& arguments);

}  // namespace taama::app
