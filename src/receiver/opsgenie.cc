#include <map>

#include "base/text.h"
#include "receiver/json_text.h"
#include "receiver/providers.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

constexpr size_t kMostMessageRunes = 130;  // https://docs.opsgenie.com/docs/alert-api

// Alert API v2: a group is an alert, its alias the hash of the group's key.
class Opsgenie final : public HttpProvider {
 public:
  Opsgenie(routing::OpsgenieSettings settings, Templates templates)
      : settings_(std::move(settings)), templates_(std::move(templates)) {}

  Result<HttpPlan> compose(const GroupMessage& message) const override;

 protected:
  std::vector<int> also_retried() const override { return {429}; }

 private:
  std::string create_body(MessageView& view, const std::string& alias) const;
  std::string details(MessageView& view) const;
  std::vector<std::string> responders(MessageView& view) const;

  const routing::OpsgenieSettings settings_;
  const Templates templates_;
};

// Between commas; empty ones are left out. White space is kept, but for the ends of the whole.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view part : split(trim(text), ',')) {
    if (!part.empty()) out.emplace_back(part);
  }
  return out;
}

std::string Opsgenie::details(MessageView& view) const {
  std::map<std::string, std::string> all = view.facts().common_labels;
  for (const auto& [name, value] : settings_.details) {
    all[name] = view.text("details." + name, value);
  }
  JsonObject out;
  for (const auto& [name, value] : all) out.text(name, value);
  return out.take();
}

std::vector<std::string> Opsgenie::responders(MessageView& view) const {
  std::vector<std::string> out;
  const auto add = [&](const routing::OpsgenieResponder& r) {
    JsonObject object;
    object.text_if_any("id", r.id).text_if_any("name", r.name);
    object.text_if_any("username", r.username).text("type", r.type);
    out.push_back(object.take());
  };
  for (const routing::OpsgenieResponder& r : settings_.responders) {
    const routing::OpsgenieResponder told{
        view.text("responders.id", r.id), view.text("responders.name", r.name),
        view.text("responders.username", r.username), view.text("responders.type", r.type)};
    if (told.type == "teams") {
      for (const std::string& team : parts_of(told.name)) {
        add({.id = "", .name = team, .username = "", .type = "team"});
      }
    } else if (!told.id.empty() || !told.name.empty() || !told.username.empty()) {
      // Templates may leave one without anybody.
      add(told);
    }
  }
  return out;
}

std::string Opsgenie::create_body(MessageView& view, const std::string& alias) const {
  const routing::OpsgenieSettings& s = settings_;
  JsonObject out;
  out.text("alias", alias);
  out.text("message", truncate_runes(view.text("message", s.message), kMostMessageRunes));
  out.text_if_any("description", view.text("description", s.description));
  out.raw("details", details(view));
  out.text("source", view.text("source", s.source));
  if (const auto all = responders(view); !all.empty()) out.raw("responders", json_list(all));
  if (const auto tags = parts_of(view.text("tags", s.tags)); !tags.empty()) {
    out.raw("tags", json_text_list(tags));
  }
  out.text_if_any("note", view.text("note", s.note));
  out.text_if_any("priority", view.text("priority", s.priority));
  out.text_if_any("entity", view.text("entity", s.entity));
  if (const auto actions = parts_of(view.text("actions", s.actions)); !actions.empty()) {
    out.raw("actions", json_text_list(actions));
  }
  return out.take() + "\n";
}

Result<HttpPlan> Opsgenie::compose(const GroupMessage& message) const {
  const routing::OpsgenieSettings& s = settings_;
  MessageView view(*templates_, message);
  const std::string alias = key_hash(message.group_key);
  const std::string alerts = s.api_url + "v2/alerts";
  const auto of_alias = [&](std::string_view what) {
    return alerts + "/" + alias + "/" + std::string(what) + "?identifierType=alias";
  };
  ASSIGN_OR_RETURN(const Secret read, s.api_key.read());
  const Secret key = view.secret("api_key", read);
  HttpPlan plan;
  plan.mask.add(key);
  const auto add = [&](std::string_view method, const std::string& url, std::string body) {
    plan.requests.push_back({.method = std::string(method),
                             .url = Secret(url),
                             .headers = {{"Authorization", Secret("GenieKey " + key.reveal())}},
                             .body = std::move(body)});
  };
  if (view.is_resolved()) {
    JsonObject close;
    add("POST", of_alias("close"),
        close.text("source", view.text("source", s.source)).take() + "\n");
  } else {
    add("POST", alerts, create_body(view, alias));
    if (s.update_alerts) {
      JsonObject text, description;
      text.text_if_any("message",
                       truncate_runes(view.text("message", s.message), kMostMessageRunes));
      description.text_if_any("description", view.text("description", s.description));
      add("PUT", of_alias("message"), text.take() + "\n");
      add("PUT", of_alias("description"), description.take() + "\n");
    }
  }
  RETURN_IF_ERROR(view.ok());
  return plan;
}

}  // namespace

std::shared_ptr<HttpProvider> make_opsgenie(const routing::OpsgenieSettings& settings,
                                            Templates templates) {
  return std::make_shared<Opsgenie>(settings, std::move(templates));
}

}  // namespace tocsin::receiver
