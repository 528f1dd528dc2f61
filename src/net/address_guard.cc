#include "net/address_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace tocsin::net {
namespace {

struct Range4 {
  uint32_t network;
  int bits;
};
constexpr uint32_t ip4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}
constexpr Range4 kNotPublic4[] = {
    {ip4(0, 0, 0, 0), 8},      {ip4(10, 0, 0, 0), 8},     {ip4(100, 64, 0, 0), 10},
    {ip4(127, 0, 0, 0), 8},    {ip4(169, 254, 0, 0), 16}, {ip4(172, 16, 0, 0), 12},
    {ip4(192, 0, 0, 0), 24},   {ip4(192, 0, 2, 0), 24},   {ip4(192, 88, 99, 0), 24},
    {ip4(192, 168, 0, 0), 16}, {ip4(198, 18, 0, 0), 15},  {ip4(198, 51, 100, 0), 24},
    {ip4(203, 0, 113, 0), 24}, {ip4(224, 0, 0, 0), 4},    {ip4(240, 0, 0, 0), 4},
};

bool is_public4(uint32_t address) {
  return std::ranges::none_of(kNotPublic4, [&](const Range4& range) {
    return (address ^ range.network) >> (32 - range.bits) == 0;
  });
}

using Bytes6 = std::array<uint8_t, 16>;

bool begins_with(const Bytes6& address, std::span<const uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

uint32_t ip4_at(const Bytes6& address, size_t at) {
  return ip4(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

bool is_public6(const Bytes6& address) {
  constexpr uint8_t kMapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr uint8_t kNat64[] = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
  constexpr uint8_t k6to4[] = {0x20, 0x02};
  constexpr uint8_t kDocumentation[] = {0x20, 0x01, 0x0d, 0xb8};
  constexpr uint8_t kDocumentation2[] = {0x3f, 0xff};  // 3fff::/20; the /16 is not in use otherwise
  if (begins_with(address, kMapped) || begins_with(address, kNat64)) {
    return is_public4(ip4_at(address, 12));
  }
  if (begins_with(address, k6to4)) return is_public4(ip4_at(address, 2));
  if (begins_with(address, kDocumentation) || begins_with(address, kDocumentation2)) return false;
  // 2001::/23: protocol assignments, among them Teredo, which hides an IPv4 address.
  if (address[0] == 0x20 && address[1] == 0x01 && address[2] < 2) return false;
  return address[0] >> 5 == 1;  // 2000::/3, all that is given out as global unicast
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    return is_public4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 v6;
  std::memcpy(&v6, &address, sizeof v6);
  Bytes6 bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return is_public6(bytes);
}

std::optional<bool> is_public_ip(const std::string& text) {
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return is_public4(ntohl(v4.s_addr));
  Bytes6 v6{};
  if (inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) return is_public6(v6);
  return std::nullopt;
}

}  // namespace tocsin::net
