// SPDX-License-Identifier: Apache-2.0
// Certificates for the tests of TLS, made while they run: an authority and what it issues.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

struct gnutls_x509_crt_int;
struct gnutls_x509_privkey_int;

namespace upslink::web::testing {

struct Identity {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

enum class Key { ecdsa, rsa, ed25519 };

struct Wanted {
  Key key = Key::ecdsa;
  bool is_client = false;
  std::chrono::hours begins{-1};  // from now
  std::chrono::hours ends{24};
  std::string dns = "localhost";
  std::string ip{};  // four bytes or sixteen
  std::string email{};
  std::string uri{};
};

class Authority {
 public:
  explicit Authority(const std::string& name);
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  Identity issue(const Wanted& wanted = {}) const;
  const std::string& certificate() const { return pem_; }

 private:
  gnutls_x509_crt_int* certificate_ = nullptr;
  gnutls_x509_privkey_int* key_ = nullptr;
  std::string pem_;
};

}  // namespace upslink::web::testing
