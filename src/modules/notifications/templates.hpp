#pragma once

// The words of messages, in French and English, and how values come into them.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "platform/json/codec.hpp"

namespace taama::notifications {

struct Words {
    std::string_view fr;
    std::string_view en;

    constexpr std::string_view in(Language language) const {
        return language == Language::fr ? fr : en;
    }
};

// One text serves SMS and the first lines of an e-mail. Placeholders stand in braces: {app},
// {code}.
struct Template {
    std::string_view id;
    Words title;
    Words text;
};

inline constexpr Template templates[] = {
    {"otp.code",
     {"Code {app}", "{app} code"},
     {"Code {app} : {code}. Valable 5 minutes. Ne le donnez à personne, nous ne le demandons "
      "jamais.",
      "{app} code: {code}. Valid for 5 minutes. Give it to nobody, we never ask for it."}},
    {"otp.password_reset",
     {"Nouveau mot de passe", "New password"},
     {"Code {code} pour changer votre mot de passe {app}. Si la demande ne vient pas de vous, "
      "ignorez ce message.",
      "Code {code} to change your {app} password. If you did not ask for it, ignore this "
      "message."}},
    {"otp.pin_reset",
     {"Nouveau code secret", "New PIN"},
     {"Code {code} pour changer le code secret de votre portefeuille {app}. Ne le donnez à "
      "personne.",
      "Code {code} to change the PIN of your {app} wallet. Give it to nobody."}},
    {"otp.contact_change",
     {"Confirmer ce contact", "Confirm this contact"},
     {"Code {code} pour ajouter ce contact à un compte {app}. Si la demande ne vient pas de vous, "
      "ignorez ce message.",
      "Code {code} to add this contact to an {app} account. If you did not ask for it, ignore "
      "this message."}},
    {"otp.step_up",
     {"Confirmer l'opération", "Confirm the operation"},
     {"Code {code} pour confirmer une opération sur votre compte {app}. Ne le donnez à personne.",
      "Code {code} to confirm an operation on your {app} account. Give it to nobody."}},
};

const Template& template_of(std::string_view id);

using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;
std::string render(std::string_view text, Values values);

// What every phone shows, at most `length_max` characters: other letters become their nearest ones,
// what has none becomes `?`, what is too long ends in a full stop.
std::string to_gsm7(std::string_view value, std::size_t length_max);
// Septets of a text in GSM-7, extension characters counting two; 0 when a character is not in it.
std::size_t gsm7_septets(std::string_view text);

inline constexpr std::size_t app_length_max = 12;
inline constexpr std::size_t sms_septets_max = 160;

}  // namespace taama::notifications
