#include "scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "incident/incident_store.h"
#include "incident/lifecycle.h"

namespace tocsin::simulation {
namespace {

using catalog::Contact;

const std::map<std::string, Contact::Kind, std::less<>> kChannels = {
    {"mail", Contact::Kind::kMail},
    {"webhook", Contact::Kind::kWebhook},
    {"slack", Contact::Kind::kSlack}};
const std::map<std::string, Mood, std::less<>> kMoodNames = {{"works", Mood::kWell},
                                                             {"refuses", Mood::kRefuses},
                                                             {"rejects", Mood::kRejects},
                                                             {"is-silent", Mood::kSilent},
                                                             {"is-late", Mood::kLate}};

std::unexpected<Error> broken(std::string message) {
  return fail(Code::kFailedPrecondition, std::move(message));
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (const auto& word : split(line.substr(0, line.find('#')), ' ')) {
    if (!trim(word).empty()) words.emplace_back(trim(word));
  }
  return words;
}

std::string rest_of(const std::vector<std::string>& words, size_t from) {
  return from >= words.size() ? "" : join(std::span(words).subspan(from), " ");
}

Result<> need(const std::vector<std::string>& words, size_t count, std::string_view form) {
  if (words.size() >= count) return {};
  return invalid(fmt::format("write: {}", form));
}

template <class Map>
Result<typename Map::mapped_type> one_of(const Map& map, const std::string& word) {
  const auto found = map.find(word);
  if (found != map.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return invalid(fmt::format("'{}' is none of {}", word, join(names, ", ")));
}

Result<double> percentage(const std::string& word) {
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || std::string_view(end) != "%") {
    return invalid(fmt::format("'{}' is not a percentage such as 38%", word));
  }
  return number / 100;
}

}  // namespace

Result<> Scenario::play(std::string_view name, std::string_view text) {
  Scenario scenario;
  size_t number = 0;
  for (const auto& line : split(text, '\n')) {
    ++number;
    const Words words = words_of(line);
    if (words.empty()) continue;
    if (auto done = scenario.play_line(words); !done) {
      return fail(done.error().in(fmt::format("{}:{}: {}", name, number, trim(line))));
    }
  }
  if (auto done = scenario.nothing_left(); !done) {
    return fail(done.error().in(fmt::format("{}: at the end", name)));
  }
  return {};
}

const std::map<std::string, Scenario::Action, std::less<>>& Scenario::actions() {
  static const std::map<std::string, Action, std::less<>> kActions = {
      {"person", &Scenario::person},   {"team", &Scenario::team},
      {"service", &Scenario::service}, {"objective", &Scenario::objective},
      {"reload", &Scenario::reload},   {"fires", &Scenario::fires},
      {"clears", &Scenario::clears},   {"no-data", &Scenario::no_data},
      {"advance", &Scenario::advance}, {"ack", &Scenario::acknowledge},
      {"move", &Scenario::move},       {"channel", &Scenario::channel},
      {"crash", &Scenario::crash},     {"set-clock", &Scenario::set_clock},
      {"expect", &Scenario::expect},
  };
  return kActions;
}

Result<> Scenario::play_line(const Words& words) {
  ASSIGN_OR_RETURN(const Action action, one_of(actions(), words[0]));
  RETURN_IF_ERROR((this->*action)(words));
  collect();
  return {};
}

// --- what is declared

Result<> Scenario::person(const Words& words) {
  RETURN_IF_ERROR(need(words, 2, "person ada mail webhook"));
  catalog::Person made{catalog::PersonId(words[1]), words[1], {}};
  for (size_t i = 2; i < words.size(); ++i) {
    ASSIGN_OR_RETURN(const auto kind, one_of(kChannels, words[i]));
    made.contacts.push_back({.kind = kind,
                             .name = fmt::format("way-{}", i),
                             .address = fmt::format("{}.{}@people.test", words[1], i)});
  }
  catalog_.people[made.id] = made;
  return {};
}

Result<> Scenario::team(const Words& words) {
  constexpr std::string_view kForm = "team shop ada 0m grace 5m repeat 3 every 5m";
  RETURN_IF_ERROR(need(words, 6, kForm));
  catalog::Team made{.id = catalog::TeamId(words[1]), .name = words[1]};
  size_t at = 2;
  for (; at + 1 < words.size() && words[at] != "repeat"; at += 2) {
    const catalog::PersonId id(words[at]);
    if (!catalog_.people.contains(id)) return invalid("person " + words[at] + " is not declared");
    ASSIGN_OR_RETURN(const Duration after, parse_duration(words[at + 1]));
    made.escalation.push_back({id, after});
  }
  if (words.size() != at + 4 || words[at + 2] != "every") return need(words, 100, kForm);
  made.repeat = std::atoi(words[at + 1].c_str());
  ASSIGN_OR_RETURN(made.repeat_after, parse_duration(words[at + 3]));
  catalog_.teams[made.id] = made;
  return {};
}

Result<> Scenario::service(const Words& words) {
  RETURN_IF_ERROR(need(words, 6, "service checkout tier 1 of shop [internal]"));
  catalog::Service made;
  made.id = catalog::ServiceId(words[1]);
  made.name = words[1];
  made.tier = std::atoi(words[3].c_str());
  made.team = catalog::TeamId(words[5]);
  made.is_customer_facing = words.size() < 7 || words[6] != "internal";
  made.runbook = fmt::format("https://runbooks.test/{}", words[1]);
  if (!catalog_.teams.contains(made.team)) return invalid("team " + words[5] + " is not declared");
  catalog_.services[made.id] = made;
  return {};
}

Result<> Scenario::objective(const Words& words) {
  RETURN_IF_ERROR(need(words, 5, "objective paying of checkout Customers cannot pay"));
  slo::Objective made;
  made.name = slo::ObjectiveName(words[1]);
  made.display_name = words[1];
  made.service = catalog::ServiceId(words[3]);
  made.users_lose = rest_of(words, 4);
  for (const char* tier_name : {"fast", "page-1h", "page-6h", "ticket-1d", "ticket-3d"}) {
    slo::Tier tier;
    tier.name = tier_name;
    tier.severity = tier.name.starts_with("ticket") ? slo::Severity::kTicket : slo::Severity::kPage;
    made.tiers.push_back(tier);
  }
  if (!catalog_.services.contains(made.service)) {
    return invalid("service " + words[3] + " is not declared");
  }
  objectives_.push_back(made);
  return {};
}

House& Scenario::house() {
  if (!house_) {
    house_ = std::make_unique<House>(
        1, Declared{std::make_shared<catalog::Catalog>(catalog_), objectives_});
  }
  return *house_;
}

Result<> Scenario::reload(const Words&) {
  house().use({std::make_shared<catalog::Catalog>(catalog_), objectives_});
  house().advance(Duration(0));
  return {};
}

// --- what happens

Result<> Scenario::say(const std::string& name, const std::string& tier, slo::TierState state,
                       double failing) {
  const auto known = std::ranges::any_of(
      objectives_, [&](const slo::Objective& o) { return o.name.value() == name; });
  if (!known) return invalid("objective " + name + " is not declared");
  slo::TierChange change;
  change.objective = slo::ObjectiveName(name);
  change.tier = tier;
  const bool is_ticket = tier.starts_with("ticket") || tier == "no-data";
  change.severity = is_ticket ? slo::Severity::kTicket : slo::Severity::kPage;
  change.state = state;
  change.at = house().now();
  change.evidence.bad_short = failing * 1000;
  change.evidence.total_short = 1000;
  change.evidence.impact_started = change.at - seconds(60);
  house().say(change);
  house().advance(Duration(0));
  return {};
}

Result<> Scenario::fires(const Words& words) {
  RETURN_IF_ERROR(need(words, 3, "fires paying fast [failing 38%]"));
  double failing = 0.5;
  if (words.size() == 5) {
    ASSIGN_OR_RETURN(failing, percentage(words[4]));
  }
  return say(words[1], words[2], slo::TierState::kFiring, failing);
}

Result<> Scenario::clears(const Words& words) {
  RETURN_IF_ERROR(need(words, 3, "clears paying fast"));
  return say(words[1], words[2], slo::TierState::kClear, 0);
}

Result<> Scenario::no_data(const Words& words) {
  RETURN_IF_ERROR(need(words, 2, "no-data paying"));
  return say(words[1], "no-data", slo::TierState::kNoData, 0);
}

Result<> Scenario::advance(const Words& words) {
  RETURN_IF_ERROR(need(words, 2, "advance 5m"));
  ASSIGN_OR_RETURN(const Duration by, parse_duration(words[1]));
  RETURN_IF_ERROR(nothing_left());
  house().advance(by);
  return {};
}

Result<> Scenario::in_tx(const std::function<Result<>(engine::Tx&)>& body) {
  Result<> outcome;
  house().submit(body, [&](Result<> done) { outcome = std::move(done); });
  house().advance(Duration(0));
  return outcome;
}

Result<std::string> Scenario::incident_id(const std::string& number) {
  ASSIGN_OR_RETURN(const auto found, incident::read_incident_by_number(house().t.reader(),
                                                                       std::atoll(number.c_str())));
  if (!found) return broken("there is no incident " + number);
  return found->id;
}

Result<> Scenario::acknowledge(const Words& words) {
  RETURN_IF_ERROR(need(words, 4, "ack 1 by ada"));
  ASSIGN_OR_RETURN(const std::string id, incident_id(words[1]));
  return in_tx([&](engine::Tx& tx) {
    return house().incidents->acknowledge(tx, id, oncall::answers_as({"user", words[3]}, words[3]));
  });
}

Result<> Scenario::move(const Words& words) {
  RETURN_IF_ERROR(need(words, 6, "move 1 to identified by ada [refused]"));
  ASSIGN_OR_RETURN(const std::string id, incident_id(words[1]));
  const auto to = incident::parse_state(words[3]);
  if (!to) return invalid("'" + words[3] + "' is no state of an incident");
  const auto moved = in_tx([&](engine::Tx& tx) {
    return house().incidents->move(tx, id, *to, "", store::Actor{"user", words[5]});
  });
  if (words.size() < 7) return moved;
  return moved ? Result<>(broken("that was allowed")) : Result<>{};
}

Result<> Scenario::channel(const Words& words) {
  RETURN_IF_ERROR(need(words, 3, "channel mail refuses"));
  ASSIGN_OR_RETURN(const auto kind, one_of(kChannels, words[1]));
  ASSIGN_OR_RETURN(const Mood mood, one_of(kMoodNames, words[2]));
  house().provider.set_mood(kind, mood);
  return {};
}

Result<> Scenario::crash(const Words& words) {
  if (words.size() > 1) {
    RETURN_IF_ERROR(need(words, 4, "crash set-clock back 2h"));
    RETURN_IF_ERROR(move_clock(words[2], words[3]));  // and the dead process does not see it
  }
  house().crash();
  house().advance(Duration(0));
  return {};
}

Result<> Scenario::move_clock(const std::string& way, const std::string& how_far) {
  ASSIGN_OR_RETURN(const Duration by, parse_duration(how_far));
  house().t.clock().jump(way == "back" ? -by : by);
  return {};
}

Result<> Scenario::set_clock(const Words& words) {
  RETURN_IF_ERROR(need(words, 3, "set-clock back 2h"));
  RETURN_IF_ERROR(move_clock(words[1], words[2]));
  house().advance(Duration(0));
  return {};
}

// --- what must have happened

void Scenario::collect() {
  if (!house_) return;
  const auto& all = house_->provider.arrivals();
  for (; seen_ < all.size(); ++seen_) {
    const notify::Delivery& d = all[seen_].delivery;
    unexpected_.push_back(fmt::format("{} {} by {}{}", d.subject.kind, d.person.value(),
                                      catalog::name_of(d.contact.kind),
                                      d.maybe_duplicate ? " again" : ""));
  }
}

Result<> Scenario::nothing_left() {
  if (!unexpected_.empty()) {
    return broken("nobody expected: " + join(unexpected_, "; "));
  }
  if (!house_) return {};
  const auto errors = house_->t.errors();
  if (errors.size() > errors_seen_) return broken("nobody expected: " + errors[errors_seen_]);
  return {};
}

Result<> Scenario::expect(const Words& words) {
  RETURN_IF_ERROR(need(words, 2, "expect page ada by mail"));
  const std::string& what = words[1];
  if (what == "page" || what == "recovery") return expect_message(words);
  if (what == "incident") return expect_incident(words);
  if (what == "error") return expect_error(rest_of(words, 2));
  if (what == "log") return expect_log(words);
  if (what == "nothing") return nothing_left();
  return invalid(
      fmt::format("'{}' is none of page, recovery, incident, error, log, nothing", what));
}

Result<> Scenario::expect_message(const Words& words) {
  const std::string line = rest_of(words, 1);
  const auto found = std::ranges::find(unexpected_, line);
  if (found == unexpected_.end()) {
    return broken(unexpected_.empty() ? "nobody was told anything"
                                      : "there was only: " + join(unexpected_, "; "));
  }
  unexpected_.erase(found);
  return {};
}

Result<> Scenario::expect_incident(const Words& words) {
  RETURN_IF_ERROR(need(words, 4, "expect incident 1 investigating SEV-2"));
  if (words[2] == "none") {
    ASSIGN_OR_RETURN(const auto open, incident::count_open(house().t.reader()));
    return open == 0 ? Result<>{} : Result<>(broken(fmt::format("{} are open", open)));
  }
  ASSIGN_OR_RETURN(const auto found, incident::read_incident_by_number(
                                         house().t.reader(), std::atoll(words[2].c_str())));
  if (!found) return broken("there is no such incident");
  std::string is = fmt::format("{} SEV-{}", incident::name_of(found->state), found->severity);
  if (!is.starts_with(rest_of(words, 3))) return broken("it is " + is);
  return {};
}

Result<> Scenario::expect_error(const std::string& text) {
  const auto errors = house().t.errors();
  if (errors.size() <= errors_seen_) return broken("there was no error");
  const std::string& line = errors[errors_seen_];
  if (line.find(text) == std::string::npos) return broken("it was: " + line);
  ++errors_seen_;
  return {};
}

Result<> Scenario::expect_log(const Words& words) {
  RETURN_IF_ERROR(need(words, 3, "expect log incident.relapsed"));
  const auto kinds = house().t.kinds();
  if (std::ranges::find(kinds, words[2]) != kinds.end()) return {};
  return broken("the logbook has no such entry");
}

}  // namespace tocsin::simulation
