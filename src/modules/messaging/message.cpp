#include "modules/messaging/message.hpp"

#include "modules/messaging/masking.hpp"

namespace taama::messaging {

namespace {

constexpr auto image_url_life = 5min;

// System messages are stored by name and shown in the reader's language.
std::string note_text(const std::string& name, Language language) {
    SystemNote note{};
    boost::describe::enum_from_string(name.c_str(), note);
    const auto say = [&](const char* fr, const char* en) {
        return std::string{language == Language::fr ? fr : en};
    };
    switch (note) {
        case SystemNote::accepted: return say("Réservation acceptée.", "Booking accepted.");
        case SystemNote::paid: return say("Réservation payée.", "Booking paid.");
        case SystemNote::cash_chosen:
            return say("Paiement en espèces choisi.", "Payment in cash chosen.");
        case SystemNote::time_changed:
            return say("L'heure de départ a changé.", "The departure time has changed.");
        case SystemNote::cancelled: return say("Réservation annulée.", "Booking cancelled.");
        case SystemNote::completed: return say("Trajet terminé.", "Trip completed.");
    }
    return name;
}

}  // namespace

MessageView to_view(const Message& message, const Reading& reading) {
    const Seat& seat = reading.seat;
    const bool own = message.from_user_id == seat.user_id;
    MessageView view{.id = message.id,
                     .booking_id = reading.subject_id,
                     .seq = message.seq,
                     .from_user_id = message.from_user_id,
                     .from_role = FromRole::system,
                     .type = message.type,
                     .content = message.content,
                     .image_url = std::nullopt,
                     .masked = false,
                     .client_id = own ? message.client_id : std::nullopt,
                     .created_at = message.created_at,
                     .read_at = std::nullopt};
    if (message.type == MessageType::system) {
        view.content = note_text(message.content, reading.language);
        return view;
    }
    const FromRole other =
        seat.role == FromRole::passenger ? FromRole::driver : FromRole::passenger;
    view.from_role = own ? seat.role : other;
    if (own && seat.peer_read_seq >= message.seq) view.read_at = seat.peer_read_at;
    if (message.file_id)
        view.image_url =
            reading.urls.read(*message.file_id, "large", reading.now + image_url_life).url;
    if (!own && !seat.unmasked_at && message.type == MessageType::text) {
        view.content = mask_contacts(message.content);
        view.masked = view.content != message.content;
    }
    return view;
}

}  // namespace taama::messaging
