#pragma once

// UUID v4 identifiers, one type per entity.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taama {

// 16 random bytes in RFC 4122 form.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    static Uuid make();                                       // version 4, from the CSPRNG
    static std::optional<Uuid> parse(std::string_view text);  // canonical form, any case
    std::string to_string() const;                            // lower case, 36 characters
    void append_to(std::string& out) const;
    bool is_nil() const { return *this == Uuid{}; }

    auto operator<=>(const Uuid&) const = default;
};

// An identifier of one kind of entity: Id<struct TripTag> never mixes with Id<struct BookingTag>.
template <class Tag>
struct Id {
    Uuid uuid;

    Id() = default;
    explicit Id(Uuid value) : uuid(value) {}
    static Id make() { return Id{Uuid::make()}; }
    static std::optional<Id> parse(std::string_view text) {
        const auto value = Uuid::parse(text);
        return value ? std::optional<Id>{Id{*value}} : std::nullopt;
    }
    std::string to_string() const { return uuid.to_string(); }

    auto operator<=>(const Id&) const = default;
};

// Ids that several modules speak of.
using AccountId = Id<struct AccountTag>;  // a person; `user_id` everywhere on the wire
using StaffId = Id<struct StaffTag>;
using SessionId = Id<struct SessionTag>;
using FileId = Id<struct FileTag>;

}  // namespace taama

template <>
struct std::hash<taama::Uuid> {
    std::size_t operator()(const taama::Uuid& uuid) const noexcept;
};

template <class Tag>
struct std::hash<taama::Id<Tag>> {
    std::size_t operator()(const taama::Id<Tag>& id) const noexcept {
        return std::hash<taama::Uuid>{}(id.uuid);
    }
};
