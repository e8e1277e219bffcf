#pragma once

// Sealing: authenticated encryption of columns and tokens, blind indexes, derived keys.
//
// A box is 1 byte format, 1 byte key id, 12 bytes nonce, the ciphertext and 16 bytes tag,
// AES-256-GCM. The purpose is authenticated with it: a box made for one column does not open as
// another.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/crypto/bytes.hpp"

namespace taama::crypto {

using Key = std::array<std::uint8_t, 32>;

struct SealingKey {
    std::uint8_t id = 1;
    Key key{};
};

struct SealerKeys {
    SealingKey current;               // seals
    std::vector<SealingKey> older{};  // open only
    // Under blind indexes and derived keys. It never changes: rotating it would orphan every index.
    Key root{};
};

// Immutable; shared between threads.
class Sealer {
public:
    explicit Sealer(SealerKeys keys);

    Bytes seal(std::string_view purpose, ByteView plain) const;
    // Empty when the box is damaged, was made for another purpose, or its key is gone.
    std::optional<std::string> open(std::string_view purpose, ByteView box) const;
    // True when the box was not sealed with the current key: seal it again when it is written next.
    bool is_stale(ByteView box) const;

    // Under HKDF(key, secret): who does not know the secret cannot open it, even with the keys.
    Bytes seal_under(std::string_view purpose, std::string_view secret, ByteView plain) const;
    std::optional<std::string> open_under(std::string_view purpose, std::string_view secret,
                                          ByteView box) const;

    // Equal texts give equal values: for unique indexes and look-ups of sealed columns.
    Digest blind_index(std::string_view purpose, std::string_view text) const;
    // A key of its own for each purpose.
    Key derive(std::string_view purpose) const;

private:
    const Key* find_key(std::uint8_t id) const;
    SealerKeys keys_;
};

}  // namespace taama::crypto
