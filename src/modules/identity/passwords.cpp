#include "modules/identity/passwords.hpp"

#include "platform/crypto/password.hpp"
#include "platform/text/utf8.hpp"

namespace taama::identity {

namespace {

PasswordCheck check(const std::optional<std::string>& hash, const std::string& password) {
    const std::string normal = text::to_nfkc(password).value_or(password);
    if (!hash) {
        crypto::verify_no_password(normal);
        return PasswordCheck::wrong;
    }
    if (!crypto::verify_password(*hash, normal)) return PasswordCheck::wrong;
    return crypto::needs_rehash(*hash) ? PasswordCheck::right_but_old_hash : PasswordCheck::right;
}

}  // namespace

Task<std::string> hash_password(WorkPool& pool, std::string password) {
    co_return co_await pool.run([&password] { return crypto::hash_password(password); });
}

Task<PasswordCheck> check_password(WorkPool& pool, std::optional<std::string> hash,
                                   std::string password) {
    co_return co_await pool.run([&] { return check(hash, password); });
}

}  // namespace taama::identity
