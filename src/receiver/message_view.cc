#include "receiver/message_view.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "base/text.h"

namespace tocsin::receiver {
namespace {

gotemplate::Labels map_of(const routing::Labels& labels) {
  gotemplate::Labels out;
  for (const auto& [name, value] : labels) out.emplace_hint(out.end(), name, value);
  return out;
}

gotemplate::AlertFacts facts_of(const routing::PostedAlert& alert, Time now) {
  gotemplate::AlertFacts facts;
  const bool is_resolved = alert.is_resolved(now);
  facts.status = is_resolved ? "resolved" : "firing";
  facts.labels = map_of(alert.labels);
  facts.annotations = map_of(alert.annotations);
  facts.starts_at = alert.starts;
  if (is_resolved) facts.ends_at = alert.ends;
  facts.generator_url = alert.generator_url;
  facts.fingerprint = routing::fingerprint_text(alert.fingerprint());
  return facts;
}

// A template says something about each alert, so what it may take grows with what there is to say:
// a storm must not be the reason why nobody hears of it.
gotemplate::RenderLimits limits_for(const gotemplate::Value& data) {
  constexpr uint64_t kStepsEach = 8, kBytesEach = 16;  // of what `data` weighs
  gotemplate::RenderLimits limits;
  limits.max_steps += kStepsEach * data.weight();
  limits.max_output += kBytesEach * data.weight();
  limits.max_value += kBytesEach * data.weight();
  return limits;
}

}  // namespace

std::string key_hash(std::string_view group_key) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(group_key.data()), group_key.size());
  return hex(digest);
}

std::string quote_meta(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(R"(\.+*?()|[]{}^$)").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

MessageView::MessageView(const gotemplate::TemplateSet& templates, const GroupMessage& message,
                         size_t most_alerts)
    : templates_(templates), now_(message.now) {
  const size_t shown = std::min(most_alerts, message.alerts.size());
  left_out_ = message.alerts.size() - shown;
  facts_.receiver = quote_meta(message.receiver);
  for (size_t i = 0; i < shown; ++i) {
    facts_.alerts.push_back(facts_of(*message.alerts[i], message.now));
  }
  facts_.notification_reason = name_of(message.reason);
  facts_.group_labels = map_of(message.group_labels);
  facts_.route_labels = map_of(message.route_labels);
  facts_.external_url = message.external_url;
  gotemplate::fill_common(facts_);
  data_ = gotemplate::to_value(facts_);
}

std::string MessageView::render(std::string_view field, std::string_view source,
                                gotemplate::Mode mode) {
  if (!failed_ || source.empty()) return "";
  if (mode == gotemplate::Mode::kText && source.find("{{") == std::string_view::npos) {
    return std::string(source);
  }
  Result<std::string> out =
      templates_.render(source, data_, {.mode = mode, .now = now_, .limits = limits_for(data_)});
  if (out) return *std::move(out);
  failed_ = fail(std::move(out.error()).in(field));
  return "";
}

std::string MessageView::text(std::string_view field, std::string_view source) {
  return render(field, source, gotemplate::Mode::kText);
}

std::string MessageView::html(std::string_view field, std::string_view source) {
  return render(field, source, gotemplate::Mode::kHtml);
}

Secret MessageView::secret(std::string_view field, const Secret& source) {
  const bool was_ok = failed_.has_value();
  Secret out(render(field, source.reveal(), gotemplate::Mode::kText));
  if (was_ok && !failed_) {
    failed_ = invalid(fmt::format(
        "{}: its template fails on these alerts; what it says is not shown, for it is a secret",
        field));
  }
  return out;
}

void MessageView::refuse(std::string_view field, std::string_view why) {
  if (failed_) failed_ = invalid(fmt::format("{}: {}", field, why));
}

}  // namespace tocsin::receiver
