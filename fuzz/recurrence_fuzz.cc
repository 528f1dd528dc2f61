#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "calendar/recurrence.h"

namespace {

using namespace tocsin;
using namespace tocsin::calendar;

constexpr size_t kLooked = 12;
constexpr size_t kFrom = 5;

// What was taken has a first occurrence, rises strictly, and says the same wherever one begins.
void check_taken(const Recurrence& taken, std::string_view rule) {
  const auto all = taken.next(Time::min(), kLooked);
  if (all.empty()) bug("no occurrence: " + std::string(rule));
  for (size_t i = 1; i < all.size(); ++i) {
    if (all[i].time <= all[i - 1].time) bug("not in order: " + std::string(rule));
  }
  if (all.size() <= kFrom) return;
  const auto some = taken.next(all[kFrom].time, all.size() - kFrom);
  if (some.size() != all.size() - kFrom) bug("fewer from the middle: " + std::string(rule));
  for (size_t i = 0; i < some.size(); ++i) {
    if (some[i] != all[kFrom + i]) bug("another from the middle: " + std::string(rule));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Zone zone = Zone::find("Europe/Berlin").value_or(Zone());
  const std::string_view rule(reinterpret_cast<const char*>(data), size);
  const auto taken = Recurrence::parse(rule, CivilSecond(2026, 3, 28, 2, 30, 0), zone);
  if (taken) {
    check_taken(*taken, rule);
  } else if (taken.error().code != Code::kInvalidArgument || taken.error().message.empty()) {
    bug("an error that says nothing");
  }
  return 0;
}
