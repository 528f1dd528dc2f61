#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin::bench {

// Where requests go: http://ADDRESS:PORT/PATH, the address in digits.
struct Target {
  std::string address;
  uint16_t port = 0;
  std::string path;
  std::string token;  // empty: none is sent
};
Target parse_target(const std::string& url, std::string token);  // throws

// A whole HTTP/1.1 request that carries a snappy block of remote write 1.0.
std::string request_of(const Target& target, std::string_view block);

// One connection that is kept alive, and opened again when the server closes it. Owned by one
// thread; blocks.
class Sender {
 public:
  explicit Sender(const Target& target) : target_(target) {}
  ~Sender() { close(); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Sends until the answer is 2xx. 429, 5xx and broken connections are tried again, for a minute;
  // throws on any other answer, with what it says.
  void deliver(std::string_view request);
  uint64_t retries() const { return retries_; }

 private:
  struct Answer {
    int status = 0;
    std::string body;
  };
  bool exchange(std::string_view request, Answer& answer);
  bool open();
  void close();
  bool receive(std::string& buffer);

  const Target& target_;
  int socket_ = -1;
  uint64_t retries_ = 0;
};

}  // namespace tocsin::bench
