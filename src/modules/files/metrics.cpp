#include "modules/files/metrics.hpp"

#include "modules/files/files.hpp"
#include "platform/telemetry/instruments.hpp"

namespace taama::files {

void add_metrics(telemetry::Instruments& instruments) {
    const auto files = instruments.counters(
        "files_total", "Uploads that were judged",
        {telemetry::label_of<Purpose>("purpose"), {"status", {"ready", "rejected"}}});
    instruments.count("file.ready", files, {.words = {{"status", "ready"}}});
    instruments.count("file.rejected", files, {.words = {{"status", "rejected"}}});
    instruments.observe(
        "file.processed",
        instruments.histograms("files_process_seconds",
                               "Judging an upload and making its variants, with its wait"),
        "seconds");
}

}  // namespace taama::files
