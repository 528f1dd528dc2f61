#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/fields.h"
#include "door/door_api.h"
#include "door/opsgenie_call.h"
#include "door/opsgenie_query.h"
#include "door/opsgenie_requests.h"

namespace tocsin::door {
namespace {

using net::Request;
using net::Response;

constexpr net::RouteOptions kLimits{.max_body = 512 << 10};
constexpr std::string_view kSource = "opsgenie";
constexpr std::string_view kPath = "/v2/alerts";

// What stands behind /v2/alerts/ in a path: "ID/close". An alias may hold slashes.
struct Target {
  std::string identifier;
  std::string action;  // empty: the alert itself
};
constexpr std::array<std::string_view, 10> kActions = {
    "close",   "acknowledge", "unacknowledge", "snooze",     "notes",
    "message", "description", "priority",      "responders", "tags"};

bool is_there(std::string_view method, std::string_view action) {
  if (action.empty()) return method == "DELETE";
  if (action == "tags") return method != "PUT";
  const bool is_put = action == "message" || action == "description" || action == "priority";
  return method == (is_put ? "PUT" : "POST");
}

Target target_of(std::string_view rest) {
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const size_t slash = rest.rfind('/');
  if (slash != std::string_view::npos &&
      std::ranges::find(kActions, rest.substr(slash + 1)) != kActions.end()) {
    return {std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1))};
  }
  return {std::string(rest), ""};
}

class OpsgenieApi {
 public:
  explicit OpsgenieApi(DoorApiParts parts) : parts_(parts) {}

  Response create(const Request& request) {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    auto alert = read_opsgenie_alert(call.take_body());
    if (!alert) return call.wrong(alert.error());
    if (alert->alias.empty()) alert->alias = new_uuid(parts_.rng);
    const Time now = parts_.clock.now();
    const auto done =
        parts_.desk.post({alert_of(*alert, call.visitor().sender, now)}, call.visitor().actor);
    if (!done) return call.failed(done.error(), seconds(1));
    remember(call, alert->alias);
    note(call, "Create", "Created alert", true, alert->alias);
    return call.accepted();
  }

  Response one(const Request& request) {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    const std::string& rest = request.params.at("rest");
    if (rest == "count" && !request.query_value("identifierType")) return count(call);
    if (rest.starts_with("requests/")) return outcome(call, rest.substr(9));
    const auto alias = alias_of(call, rest);
    if (!alias) return call.wrong(alias.error());
    const auto alert = parts_.desk.find(key_of(call, *alias));
    if (!alert) return call.failed({Code::kNotFound, "Alert does not exist"});
    return call.data(200, opsgenie_view(item_of(alert)));
  }

  Response change(const Request& request) {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    const Target target = target_of(request.params.at("rest"));
    if (!is_there(request.method, target.action)) {
      return call.failed({Code::kNotFound,
                          "There is no such request here; docs/doors.md has those "
                          "that there are"});
    }
    const auto alias = alias_of(call, target.identifier);
    if (!alias) return call.wrong(alias.error());
    const std::string& action = target.action;
    if (action.empty() || action == "close") return close(call, *alias);
    if (action == "message" || action == "description") return reword(call, *alias, action);
    if (action == "priority") return prioritise(call, *alias);
    if (action == "responders") {
      return edit(
          call, *alias, "AddResponder", "Added responder",
          [&](const auto& alert, Time now) { return with_responder(alert, call.body(), now); });
    }
    if (action == "tags") return tag(call, *alias);
    return mark(call, *alias, action);
  }

  // The sender's own alerts, those that are over until they are forgotten.
  Response list(const Request& request) {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    const auto page = read_opsgenie_page(request.query);
    if (!page) return call.wrong(page.error());
    auto found = search(call, page->query);
    if (!found) return call.wrong({{"query", found.error().message}});
    sort_opsgenie(*found, *page);
    codec::JsonArray rows;
    for (size_t i = page->offset; i < std::min(found->size(), page->offset + page->limit); ++i) {
      rows.push_back(opsgenie_row((*found)[i]));
    }
    const size_t last = found->empty() ? 0 : (found->size() - 1) / page->limit * page->limit;
    const auto link = [&](size_t offset) {
      return std::string(kPath) + opsgenie_page_link(*page, offset);
    };
    codec::JsonObject paging{{"first", link(0)}, {"last", link(last)}};
    const size_t next = page->offset + page->limit;
    if (next < found->size()) paging["next"] = link(next);
    return call.with(200, {{"data", std::move(rows)}, {"paging", std::move(paging)}});
  }

 private:
  OpsgenieItem item_of(const routing::PostedAlertRef& alert) const {
    return {alert, parts_.desk.mark_of(alert->fingerprint()), parts_.clock.now()};
  }

  Result<std::vector<OpsgenieItem>> search(const OpsgenieCall& call,
                                           const std::string& text) const {
    ASSIGN_OR_RETURN(const OpsgenieQuery query, OpsgenieQuery::parse(text));
    std::vector<OpsgenieItem> found;
    for (const auto& alert : parts_.desk.all()) {
      if (alert->labels.get(kSourceLabel) != kSource ||
          alert->labels.get(kIntegrationLabel) != call.visitor().sender.integration ||
          alert->labels.get(kKeyLabel).empty()) {
        continue;
      }
      // An alert whose labels have changed is over under its old ones.
      const auto newest = parts_.desk.find(key_of(call, std::string(alert->labels.get(kKeyLabel))));
      if (newest && newest->fingerprint() != alert->fingerprint()) continue;
      if (OpsgenieItem item = item_of(alert); query.matches(item)) {
        found.push_back(std::move(item));
      }
    }
    return found;
  }

  Response count(const OpsgenieCall& call) const {
    const auto found = search(call, std::string(call.request().query_value("query").value_or("")));
    if (!found) return call.wrong({{"query", found.error().message}});
    return call.data(200, codec::JsonObject{{"count", found->size()}});
  }

  static Key key_of(const OpsgenieCall& call, const std::string& alias) {
    return {std::string(kSource), call.visitor().sender.integration, alias};
  }

  // The alias that the path and `identifierType` mean; "" when nobody knows the id.
  std::expected<std::string, OpsgenieErrors> alias_of(const OpsgenieCall& call,
                                                      const std::string& identifier) {
    const auto type = call.request().query_value("identifierType").value_or("id");
    if (type == "alias") return identifier;
    if (type != "id") {
      return std::unexpected(
          OpsgenieErrors{{"identifierType", fmt::format("'{}' is not known here; use id or alias.",
                                                        codec::shown(type))}});
    }
    const std::string& integration = call.visitor().sender.integration;
    {
      const std::lock_guard lock(ids_mutex_);
      if (const auto found = ids_.find(identifier); found != ids_.end()) {
        // Ids of other senders are known to them alone.
        if (opsgenie_id(integration, found->second) == identifier) return found->second;
        return "";
      }
    }
    return look_for(integration, identifier);
  }

  // After a restart ids are found by the alerts' labels.
  std::string look_for(const std::string& integration, const std::string& id) {
    for (const auto& alert : parts_.desk.all()) {
      if (alert->labels.get(kSourceLabel) != kSource ||
          alert->labels.get(kIntegrationLabel) != integration) {
        continue;
      }
      std::string alias(alert->labels.get(kKeyLabel));
      if (opsgenie_id(integration, alias) == id) return alias;
    }
    return "";
  }

  void remember(const OpsgenieCall& call, const std::string& alias) {
    const std::lock_guard lock(ids_mutex_);
    if (ids_.size() > kMostIds) ids_.clear();  // the labels know them
    ids_.insert_or_assign(opsgenie_id(call.visitor().sender.integration, alias), alias);
  }

  void note(const OpsgenieCall& call, std::string action, std::string status, bool is_success,
            const std::string& alias) {
    const std::string& integration = call.visitor().sender.integration;
    requests_.put(call.id(), {integration, std::move(action), std::move(status), is_success,
                              parts_.clock.now(), is_success ? opsgenie_id(integration, alias) : "",
                              is_success ? alias : ""});
  }

  Response outcome(const OpsgenieCall& call, const std::string& id) const {
    const auto outcome = requests_.find(id);
    if (!outcome || outcome->integration != call.visitor().sender.integration) {
      return call.failed({Code::kNotFound, "Request not found. It might not be processed, yet."});
    }
    return call.data(200, to_json(*outcome));
  }

  Response close(const OpsgenieCall& call, const std::string& alias) {
    const auto action = read_opsgenie_action(call.body(), false);
    const auto open = open_alert(call, alias);
    if (!open) return dropped(call, "Close");
    if (!action->note.empty()) {
      const auto noted = parts_.desk.mark(
          key_of(call, alias), {Mark::Kind::kNote, action->user, action->note, {}, kSource},
          call.visitor().actor);
      if (!noted) return call.failed(noted.error(), seconds(1));
    }
    routing::PostedAlert over = *open;
    over.ends = over.updated = parts_.clock.now();
    const auto done = parts_.desk.post({std::move(over)}, call.visitor().actor);
    if (!done) return call.failed(done.error(), seconds(1));
    note(call, "Close", "Closed alert", true, alias);
    return call.accepted();
  }

  Response mark(const OpsgenieCall& call, const std::string& alias, const std::string& action) {
    struct Known {
      std::string_view action, name, status;
      Mark::Kind kind;
    };
    constexpr std::array<Known, 4> kKnown = {
        {{"acknowledge", "Acknowledge", "Acknowledged alert", Mark::Kind::kAcknowledge},
         {"unacknowledge", "UnAcknowledge", "UnAcknowledged alert", Mark::Kind::kUnacknowledge},
         {"snooze", "Snooze", "Snoozed alert", Mark::Kind::kSnooze},
         {"notes", "AddNote", "Added note", Mark::Kind::kNote}}};
    const Known& known = *std::ranges::find(kKnown, std::string_view(action), &Known::action);
    const bool is_snooze = known.kind == Mark::Kind::kSnooze;
    const auto said = read_opsgenie_action(call.body(), is_snooze);
    if (!said) return call.wrong(said.error());
    if (known.kind == Mark::Kind::kNote && said->note.empty()) {
      return call.wrong({{"note", "Note can not be empty."}});
    }
    const auto done = parts_.desk.mark(
        key_of(call, alias),
        {known.kind, said->user, said->note, is_snooze ? said->end : std::nullopt, kSource},
        call.visitor().actor);
    if (!done) return call.failed(done.error(), seconds(1));
    if (!*done) return dropped(call, std::string(known.name));
    note(call, std::string(known.name), std::string(known.status), true, alias);
    return call.accepted();
  }

  Response reword(const OpsgenieCall& call, const std::string& alias, const std::string& field) {
    const bool is_message = field == "message";
    const std::string words(trim(text_of(call.body().find(field))));
    if (words.empty()) {
      return call.wrong(
          {{field, fmt::format("{} can not be empty.", is_message ? "Message" : "Description")}});
    }
    const auto open = open_alert(call, alias);
    const std::string action = is_message ? "UpdateMessage" : "UpdateDescription";
    if (!open) return dropped(call, action);
    Draft cut;
    cut.annotation(field, words);
    const auto done = parts_.desk.post(
        {with_annotation(*open, is_message ? "summary" : "description",
                         cut.firing(Time(), Time()).annotations.get(field), parts_.clock.now())},
        call.visitor().actor);
    if (!done) return call.failed(done.error(), seconds(1));
    note(call, action, fmt::format("Updated {}", field), true, alias);
    return call.accepted();
  }

  Response prioritise(const OpsgenieCall& call, const std::string& alias) {
    const std::string priority(trim(text_of(call.body().find("priority"))));
    if (!is_opsgenie_priority(priority)) {
      return call.wrong({{"priority", "Priority must be one of P1, P2, P3, P4 and P5."}});
    }
    return edit(call, alias, "UpdatePriority", "Updated priority",
                [&](const auto& alert, Time now) -> OpsgenieChanged {
                  return with_priority(alert, priority, now);
                });
  }

  Response tag(const OpsgenieCall& call, const std::string& alias) {
    if (call.request().method == "POST") {
      return edit(call, alias, "AddTags", "Added tags",
                  [&](const auto& alert, Time now) { return with_tags(alert, call.body(), now); });
    }
    const auto tags = call.request().query_value("tags").value_or("");
    if (tags.empty()) return call.wrong({{"tags", "Name the tags, with commas between them."}});
    return edit(call, alias, "RemoveTags", "Removed tags",
                [&](const auto& alert, Time now) -> OpsgenieChanged {
                  return without_tags(alert, tags, now);
                });
  }

  // A change of an open alert by `change`, which says what it becomes.
  template <class Change>
  Response edit(const OpsgenieCall& call, const std::string& alias, const std::string& action,
                const std::string& status, Change change) {
    const auto open = open_alert(call, alias);
    // A body that is wrong is told so even if there is no alert.
    const auto changed = change(open ? *open : routing::PostedAlert(), parts_.clock.now());
    if (!changed) return call.wrong(changed.error());
    if (!open) return dropped(call, action);
    const auto done = parts_.desk.post({*changed}, call.visitor().actor);
    if (!done) return call.failed(done.error(), seconds(1));
    note(call, action, status, true, alias);
    return call.accepted();
  }

  routing::PostedAlertRef open_alert(const OpsgenieCall& call, const std::string& alias) const {
    auto alert = parts_.desk.find(key_of(call, alias));
    return alert && !alert->is_resolved(parts_.clock.now()) ? alert : nullptr;
  }

  // As there: taken, and what became of it is told to who asks.
  Response dropped(const OpsgenieCall& call, std::string action) {
    note(call, std::move(action), "Alert does not exist", false, "");
    return call.accepted();
  }

  static constexpr size_t kMostIds = 100'000;
  const DoorApiParts parts_;
  OpsgenieRequests requests_;
  std::mutex ids_mutex_;
  std::unordered_map<std::string, std::string> ids_;  // to the alias
};

}  // namespace

void add_opsgenie_routes(net::Router& router, DoorApiParts parts) {
  const auto api = std::make_shared<OpsgenieApi>(parts);
  router.add("GET", "/v2/alerts", [api](const Request& r) { return api->list(r); }, kLimits);
  router.add("POST", "/v2/alerts", [api](const Request& r) { return api->create(r); }, kLimits);
  router.add(
      "GET", "/v2/alerts/{rest...}", [api](const Request& r) { return api->one(r); }, kLimits);
  for (const char* method : {"POST", "PUT", "DELETE"}) {
    router.add(
        method, "/v2/alerts/{rest...}", [api](const Request& r) { return api->change(r); },
        kLimits);
  }
}

}  // namespace tocsin::door
