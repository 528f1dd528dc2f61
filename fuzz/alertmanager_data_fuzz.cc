#include <cstddef>
#include <cstdint>
#include <string_view>

#include "alert/alertmanager_data.h"
#include "base/result.h"

using namespace tocsin;
using namespace tocsin::alert;

namespace {

template <class T>
void check(const Result<T>& read) {
  if (read) return;
  if (read.error().code != Code::kDataLoss) bug("a wrong code");
  if (!read.error().message.starts_with("byte ")) bug("an error without a place");
}

}  // namespace

// Any bytes give silences and notifications that can be kept, or one error that says where.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const auto silences = read_alertmanager_silences(file);
  check(silences);
  if (silences) {
    for (const auto& [silence, expires] : *silences) {
      if (silence.id.empty() || silence.matchers.empty()) bug("a silence of nothing");
      if (silence.ends < silence.starts) bug("a silence that ends before it starts");
    }
  }
  const auto told = read_alertmanager_nflog(file);
  check(told);
  if (told) {
    for (const auto& [key, one] : *told) {
      if (key.group_key.empty() || key.receiver.empty() || key.index < 0) bug("told to nobody");
      for (size_t i = 1; i < one.imported.size(); ++i) {
        if (one.imported[i - 1] >= one.imported[i]) bug("a list that is not sorted");
      }
    }
  }
  return 0;
}
