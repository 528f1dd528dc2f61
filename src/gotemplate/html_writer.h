#pragma once
#include <string>
#include <string_view>
#include "base/result.h"
#include "gotemplate/value.h"
namespace tocsin::gotemplate {
class HtmlWriter {
 public:
  explicit HtmlWriter(std::string& out) : out_(out) {}
  Result<void> text(std::string_view t) { out_ += t; return {}; }
  Result<void> value(const Value&, std::string_view) { return {}; }
  bool escapes_like(std::string_view) const { return false; }
  Result<void> finish() { return {}; }
 private:
  std::string& out_;
};
}
