#include "modules/notifications/templates.hpp"

#include <algorithm>
#include <array>

#include "platform/assert.hpp"

namespace taama::notifications {

namespace {

const std::array<Template, 4>& all_templates() {
    static const std::array<Template, 4> templates{{
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
        {"otp.contact",
         {"Code {app}", "{app} code"},
         {"Code {code} pour confirmer ce contact sur {app}. Ne le donnez à personne.",
          "Code {code} to confirm this contact on {app}. Give it to nobody."}},
    }};
    return templates;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

}  // namespace

const Template& find_template(std::string_view name) {
    const auto& templates = all_templates();
    const auto found = std::ranges::find(templates, name, &Template::name);
    ASSERT(found != templates.end());
    return *found;
}

std::string fill(std::string_view text, const Filling& filling) {
    std::string out{text};
    replace_all(out, "{app}", filling.app);
    replace_all(out, "{code}", filling.code);
    return out;
}

}  // namespace taama::notifications
