#pragma once

#include <string>

namespace tocsin::net::testing {

// A self-signed certificate for 127.0.0.1 and localhost, made anew, with its key; both are PEM
// files in a folder that is removed with this object. Good for a day.
class TestCertificate {
 public:
  TestCertificate();
  ~TestCertificate();
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;
  std::string certificate() const { return folder_ + "/cert.pem"; }
  std::string key() const { return folder_ + "/key.pem"; }

 private:
  std::string folder_;
};

}  // namespace tocsin::net::testing
