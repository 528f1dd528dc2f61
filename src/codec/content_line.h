#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::codec {

// A line of iCalendar as RFC 5545, 3.1 has it: NAME;PARAM=VALUE;PARAM="VALUE":value.
struct ContentLine {
  int number = 0;    // of its first physical line, from 1
  std::string name;  // in capitals; empty: the line is none of this form
  std::vector<std::pair<std::string, std::string>> params;  // names in capitals, without quotes
  std::string value;                                        // as it stands there

  const std::string* param(std::string_view wanted) const;  // nullptr: not there
};

// Walks over a text line by line, joining those that were folded. Lines may end in CRLF or LF;
// empty ones are left out. `text` must outlive it.
class ContentLines {
 public:
  explicit ContentLines(std::string_view text) : rest_(text) {}
  std::optional<ContentLine> next();

 private:
  std::string_view physical_line();

  std::string_view rest_;
  int number_ = 0;
};

// "NAME:value" as it is sent: in pieces of at most 75 octets that split no character of UTF-8, each
// with CRLF.
std::string fold_line(std::string_view line);
// TEXT of RFC 5545, 3.3.11: backslash, comma, semicolon and newline are escaped; other control
// characters are left out.
std::string escape_text(std::string_view text);
std::string unescape_text(std::string_view text);

}  // namespace tocsin::codec
