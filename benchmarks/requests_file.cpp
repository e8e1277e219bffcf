#include "benchmarks/requests_file.hpp"

#include <fstream>
#include <stdexcept>

namespace taama::benchmarks {

std::vector<std::string> read_requests(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::vector<std::string> requests;
    for (std::string length; std::getline(file, length);) {
        std::string request(std::stoul(length), '\0');
        if (!file.read(request.data(), static_cast<std::streamsize>(request.size())))
            throw std::runtime_error("half a request in " + path);
        file.ignore(1);  // the line's end
        requests.push_back(std::move(request));
    }
    if (requests.empty()) throw std::runtime_error("no requests in " + path);
    return requests;
}

}  // namespace taama::benchmarks
