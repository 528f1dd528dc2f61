#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tocsin::receiver {

struct MailAddress {
  std::string name;     // empty: none
  std::string address;  // name@example.org
};

// "Name <a@example.org>, "Other, Name" <b@example.org>, c@example.org" (RFC 5322, section 3.4, what
// people write of it: no groups, no comments). kInvalidArgument names what is none.
Result<std::vector<MailAddress>> parse_address_list(std::string_view text);

struct MailParts {
  std::vector<std::pair<std::string, std::string>> headers;  // in order; texts that are not encoded
  std::optional<std::string> text;
  std::optional<std::string> html;
  Time now;
};

// The message as RFC 5322 and MIME want it, in ASCII with CRLF: the headers, then Date,
// MIME-Version and Content-Type, then a multipart/alternative with the text before the HTML, so
// that readers show the HTML. Nothing in a value can begin a header of its own.
std::string write_mail(const MailParts& parts);

}  // namespace tocsin::receiver
