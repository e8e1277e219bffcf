#include "tests/support/self_signed.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

namespace taama::test {

namespace {

constexpr long day_s = 24 * 60 * 60;

struct Free {
    void operator()(BIO* each) const { BIO_free(each); }
    void operator()(EVP_PKEY* each) const { EVP_PKEY_free(each); }
    void operator()(X509* each) const { X509_free(each); }
};

void check(bool worked) {
    if (!worked) throw std::runtime_error("OpenSSL makes no certificate");
}

template <class Write>
std::string pem_of(Write write) {
    const std::unique_ptr<BIO, Free> out{BIO_new(BIO_s_mem())};
    check(out && write(out.get()) == 1);
    char* text = nullptr;
    const long length = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

}  // namespace

SelfSigned make_self_signed() {
    const std::unique_ptr<EVP_PKEY, Free> key{EVP_EC_gen("P-256")};
    const std::unique_ptr<X509, Free> certificate{X509_new()};
    check(key && certificate);
    X509* x509 = certificate.get();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -day_s);
    X509_gmtime_adj(X509_getm_notAfter(x509), day_s);
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    check(X509_set_pubkey(x509, key.get()) == 1);
    check(X509_sign(x509, key.get(), EVP_sha256()) != 0);
    return {pem_of([&](BIO* out) { return PEM_write_bio_X509(out, x509); }), pem_of([&](BIO* out) {
                return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr,
                                                nullptr);
            })};
}

}  // namespace taama::test
