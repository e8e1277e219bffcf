#pragma once

// A QR code as an image, error correction level M, with the quiet zone that readers need.

#include <string>
#include <string_view>
#include <vector>

namespace taama::carpool {

class QrImage {
public:
    explicit QrImage(std::string_view text);

    std::string to_svg() const;
    std::string to_png() const;         // black and white, 8 pixels a module
    int size() const { return size_; }  // modules a side, quiet zone included
    bool is_dark(int x, int y) const {
        return dark_[static_cast<std::size_t>(y) * static_cast<std::size_t>(size_) +
                     static_cast<std::size_t>(x)];
    }

private:
    int size_ = 0;
    std::vector<bool> dark_;
};

}  // namespace taama::carpool
