#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "gotemplate/alert_data.h"
#include "receiver/integration.h"

namespace tocsin::receiver {

// A message as templates see it, and their results. The first template that fails is kept and all
// later ones give "", so that a body can be put together in one piece and checked at its end.
// Owned by one thread; `templates` must live longer.
class MessageView {
 public:
  // `most_alerts` are shown, the first ones; what is common is common to them.
  MessageView(const gotemplate::TemplateSet& templates, const GroupMessage& message,
              size_t most_alerts = std::numeric_limits<size_t>::max());

  // `field` is the name in alertmanager.yml, for the error.
  std::string text(std::string_view field, std::string_view source);
  std::string html(std::string_view field, std::string_view source);
  // The same of a secret: the error tells nothing of it.
  Secret secret(std::string_view field, const Secret& source);

  const gotemplate::NotificationFacts& facts() const { return facts_; }
  const gotemplate::Value& data() const { return data_; }
  bool is_resolved() const { return facts_.status == "resolved"; }
  size_t left_out() const { return left_out_; }  // alerts
  void refuse(std::string_view field, std::string_view why);
  // kInvalidArgument: "<field>: why".
  Result<> ok() const { return failed_; }

 private:
  std::string render(std::string_view field, std::string_view source, gotemplate::Mode mode);

  const gotemplate::TemplateSet& templates_;
  const Time now_;
  gotemplate::NotificationFacts facts_;
  gotemplate::Value data_;
  size_t left_out_ = 0;
  Result<> failed_;
};

// SHA-256 of the group's key in hexadecimal: by it a provider knows a group again.
std::string key_hash(std::string_view group_key);

// What `receiver` is in templates and bodies: regexp.QuoteMeta of Go.
std::string quote_meta(std::string_view text);

}  // namespace tocsin::receiver
