#pragma once

#include <optional>
#include <string>

struct sockaddr;

namespace tocsin::net {

// Whether an address belongs to the public internet: not loopback, private, shared (100.64/10),
// link-local (where clouds keep their metadata service), multicast, documentation, reserved or
// unspecified; IPv6 forms that carry an IPv4 address are judged by it. After the special-purpose
// registries of IANA (RFC 6890 and its successors). Families other than IPv4 and IPv6 are not
// public.
bool is_public_address(const sockaddr& address);

// The same of an address as text ("10.1.2.3", "::1", without brackets); nothing: the text is none.
std::optional<bool> is_public_ip(const std::string& text);

}  // namespace tocsin::net
