#include "modules/payments/payment_provider.hpp"

namespace taama::payments {

PaymentProvider* ProviderRegistry::find_by_name(std::string_view name_or_alias) const {
    for (PaymentProvider* provider : providers_) {
        if (provider->name() == name_or_alias) return provider;
        for (const std::string_view alias : provider->webhook_aliases())
            if (alias == name_or_alias) return provider;
    }
    return nullptr;
}

PaymentProvider* ProviderRegistry::find_by_method(Method method) const {
    for (PaymentProvider* provider : providers_)
        for (const Method taken : provider->methods())
            if (taken == method) return provider;
    return nullptr;
}

}  // namespace taama::payments
