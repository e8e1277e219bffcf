// Any header and body as a webhook of Wave: without the secret nothing is authentic.

#include "integrations/payments/wave_wire.hpp"
#include "platform/assert.hpp"

using namespace taama;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace wave = payments::wave;
    static const std::string secrets[] = {"wave_ci_WHS_fuzz"};
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto middle = text.find('\n');
    const std::string_view header = text.substr(0, middle);
    const std::string_view body =
        middle == std::string_view::npos ? std::string_view{} : text.substr(middle + 1);
    const UtcTime now{Seconds{1'790'928'600}};
    ASSERT(wave::check_signature(header, body, secrets, now, 300s) != wave::Signature::valid);
    ASSERT(wave::check_signature(wave::signature_header(secrets[0], 1'790'928'600, body), body,
                                 secrets, now, 300s) == wave::Signature::valid);
    [[maybe_unused]] const auto event = wave::read_event(body);
    [[maybe_unused]] const auto complaint = wave::read_complaint(body);
    [[maybe_unused]] const auto search = wave::read_search(body);
    return 0;
}
