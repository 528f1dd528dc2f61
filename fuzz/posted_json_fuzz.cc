#include <string_view>

#include "alert/alertmanager_json.h"
#include "alert/posted_json.h"
#include "codec/json.h"

// Any bytes are a batch of alerts, a silence, or refused with a code; and what we write of them is
// JSON.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tocsin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Time now = from_millis(1'767'571'200'000);
  const auto check = [](const std::string& json) {
    if (!codec::read_own_json(json)) bug("what we wrote is no JSON: " + json);
  };
  const auto posted = alert::read_posted_alerts(text, {}, now);
  if (!posted) {
    if (posted.error().status < 400 || posted.error().message.empty())
      bug("a refusal without words");
    check(alert::to_json(posted.error()));
  } else {
    for (const auto& one : posted->alerts) {
      if (one.labels.empty() || one.ends < one.starts) bug("an alert that should be invalid");
      std::string json;
      alert::write_alert(json, one, one.fingerprint(), {}, {}, std::vector<std::string>());
      check(json);
    }
  }
  if (const auto silence = alert::read_posted_silence(text, now)) {
    std::string json;
    alert::write_silence(json, *silence, now);
    check(json);
  }
  return 0;
}
