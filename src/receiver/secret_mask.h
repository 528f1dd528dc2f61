#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace tocsin::receiver {

// What must not be read in an error, though a provider may repeat it in its answer.
class SecretMask {
 public:
  void add(std::string_view secret);  // texts below 4 bytes are no secrets
  void add(const Secret& secret) { add(secret.reveal()); }
  void add_url(std::string_view url);  // all but its scheme and host: the whole, path, query, user
  std::string masked(std::string text) const;

 private:
  std::vector<std::string> secrets_;  // the longest first
};

}  // namespace tocsin::receiver
