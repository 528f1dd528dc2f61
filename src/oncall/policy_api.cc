#include "oncall/policy_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "oncall/canary.h"
#include "oncall/escalation_store.h"
#include "oncall/load.h"
#include "oncall/page_store.h"
#include "oncall/policy_json.h"
#include "oncall/preview.h"

namespace tocsin::oncall {
namespace {

using access::Caller;
using codec::Json;
using codec::JsonArray;
using codec::JsonObject;
using net::Request;
using net::Response;

constexpr std::string_view kOwnList = "team:";
constexpr Duration kDefaultSpan = days(30);
constexpr Duration kLongestSpan = days(400);

JsonArray shown(const std::vector<Target>& targets) {
  JsonArray array;
  for (const Target& target : targets) {
    array.push_back(JsonObject{{"kind", name_of(target.kind)}, {"name", target.name}});
  }
  return array;
}

std::string shown(const Condition& when) {
  std::vector<std::string> parts;
  if (!when.severities.empty()) parts.push_back(join(when.severities, ", "));
  if (!when.hours.empty()) {
    parts.push_back(fmt::format("{} {} ({})", when.is_outside_hours ? "outside" : "during",
                                calendar::to_text(when.hours), when.zone.name()));
  }
  if (when.first_response) {
    parts.emplace_back(*when.first_response ? "somebody has answered" : "nobody has answered");
  }
  return join(parts, "; ");
}

JsonObject shown(const std::string& id, const std::vector<std::string>& teams,
                 const Policy& policy) {
  JsonArray steps;
  for (const Step& step : policy.steps) {
    steps.push_back(JsonObject{{"after_seconds", to_seconds(step.after)},
                               {"targets", shown(step.targets)},
                               {"when", shown(step.when)}});
  }
  JsonArray channels;
  for (const Channel& channel : policy.channels) channels.push_back(Json(channel.name));
  Json bring_in;
  if (policy.bring_in) {
    bring_in = JsonObject{{"after_seconds", to_seconds(policy.bring_in->after)},
                          {"severities", codec::to_array(policy.bring_in->severities)},
                          {"targets", shown(policy.bring_in->targets)}};
  }
  return {{"id", id},
          {"teams", codec::to_array(teams)},
          {"steps", std::move(steps)},
          {"repeat", policy.repeat},
          {"repeat_after_seconds", to_seconds(policy.repeat_after)},
          {"acknowledgements", policy.acknowledgements},
          {"acknowledged_for_seconds", to_seconds(policy.acknowledged_for)},
          {"bring_in", std::move(bring_in)},
          {"fallback", shown(policy.fallback)},
          {"channels", std::move(channels)}};
}

JsonArray shown(const std::vector<Preview::Person>& people) {
  JsonArray array;
  for (const Preview::Person& person : people) {
    JsonArray contacts;
    for (const Preview::Way& way : person.ways) {
      contacts.push_back(
          JsonObject{{"name", way.contact},
                     {"after_seconds", way.after ? Json(to_seconds(*way.after)) : Json(nullptr)}});
    }
    array.push_back(JsonObject{{"person", person.found.person.value()},
                               {"via", person.found.via},
                               {"contacts", std::move(contacts)}});
  }
  return array;
}

JsonObject shown(const Preview& preview) {
  JsonArray rounds;
  for (const Preview::Round& round : preview.rounds) {
    JsonArray steps;
    for (const Preview::Step& step : round.steps) {
      steps.push_back(
          JsonObject{{"at", to_rfc3339(step.at)},
                     {"after_seconds", to_seconds(step.after)},
                     {"people", shown(step.people)},
                     {"channels", codec::to_array(step.channels)},
                     {"skipped", step.skipped.empty() ? Json(nullptr) : Json(step.skipped)}});
    }
    rounds.push_back(JsonObject{{"steps", std::move(steps)}});
  }
  Json bring_in;
  if (preview.bring_in) {
    bring_in = JsonObject{{"at", to_rfc3339(preview.bring_in->at)},
                          {"people", shown(preview.bring_in->people)}};
  }
  return {{"rounds", std::move(rounds)}, {"bring_in", std::move(bring_in)}};
}

Result<Time> time_from(const Request& request, std::string_view name, Time fallback) {
  const auto text = request.query_value(name);
  if (!text) return fallback;
  auto time = parse_rfc3339(*text);
  if (!time) {
    return invalid(fmt::format("{} '{}' is no time; write it as 2026-11-25T12:00:00Z", name,
                               codec::shown(*text)));
  }
  return time;
}

std::vector<std::string> teams_of(const catalog::Catalog& catalog, const PolicyId& policy) {
  std::vector<std::string> teams;
  for (const auto& [id, team] : catalog.teams) {
    if (team.escalation_policy == policy.value()) teams.push_back(id.value());
  }
  return teams;
}

class Api {
 public:
  explicit Api(const PolicyApiParts& parts) : parts_(parts) {}

  Result<Response> list(const Request&, const Caller&) const {
    const auto in_use = parts_.pager.policies();
    JsonArray policies;
    for (const auto& [id, policy] : in_use->policies()) {
      policies.push_back(shown(id.value(), teams_of(in_use->catalog(), id), policy));
    }
    for (const auto& [id, team] : in_use->catalog().teams) {
      if (!team.escalation_policy.empty() || id.value() == Canary::kTeam) continue;
      policies.push_back(
          shown(std::string(kOwnList) + id.value(), {id.value()}, *in_use->of_team(id).policy));
    }
    return Response::json(200, JsonObject{{"policies", std::move(policies)}});
  }

  Result<Response> preview(const Request& request, const Caller&) const {
    const auto in_use = parts_.pager.policies();
    const std::string& id = request.params.at("id");
    ASSIGN_OR_RETURN(const Time at, time_from(request, "at", parts_.clock.now()));
    const std::string severity(request.query_value("severity").value_or("SEV-2"));
    const bool is_severity = severity.size() == 5 && severity.starts_with("SEV-") &&
                             severity[4] >= '1' && severity[4] <= '5';
    if (!is_severity) {
      return invalid(
          fmt::format("severity '{}' is not one of SEV-1 to SEV-5", codec::shown(severity)));
    }
    std::string team_name;
    const Policy* policy = nullptr;
    if (id.starts_with(kOwnList)) {
      team_name = id.substr(kOwnList.size());
      if (in_use->catalog().team(catalog::TeamId(team_name)) != nullptr) {
        policy = in_use->of_team(catalog::TeamId(team_name)).policy.get();
      }
    } else if (const auto found = in_use->policies().find(PolicyId(id));
               found != in_use->policies().end()) {
      policy = &found->second;
      const auto teams = teams_of(in_use->catalog(), found->first);
      if (!teams.empty()) team_name = teams.front();
    }
    if (policy == nullptr) {
      return not_found(fmt::format("there is no escalation policy '{}'", codec::shown(id)));
    }
    if (const auto wanted = request.query_value("team")) team_name = *wanted;
    const catalog::Team* team = in_use->catalog().team(catalog::TeamId(team_name));
    const std::vector<catalog::PersonId> nobody;
    ASSIGN_OR_RETURN(auto last_of, last_of_rounds(*policy));
    return Response::json(
        200,
        shown(oncall::preview(*policy, team == nullptr ? nobody : team->members, in_use->catalog(),
                              parts_.on_call, std::move(last_of), severity, at)));
  }

  Result<Response> load(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(const Time until, time_from(request, "until", parts_.clock.now()));
    ASSIGN_OR_RETURN(const Time from, time_from(request, "from", until - kDefaultSpan));
    if (from >= until || until - from > kLongestSpan) {
      return invalid("from must be before until, by at most 400 days");
    }
    const auto in_use = parts_.pager.policies();
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const auto pages, pages_told_between(*sql, from, until));
    std::map<catalog::PersonId, std::vector<Time>> times;
    for (const RungAt& page : pages) times[page.person].push_back(page.at);
    ASSIGN_OR_RETURN(const auto shifts, shifts_of(*sql, from, until));
    for (const auto& [person, shift] : shifts) times[person];
    JsonArray people;
    for (const auto& [id, when] : times) {
      const catalog::Person* known = in_use->catalog().person(id);
      const catalog::Person unknown{.id = id};
      const Load load = load_of(known == nullptr ? unknown : *known, when);
      const auto shift = shifts.find(id);
      people.push_back(
          JsonObject{{"person", id.value()},
                     {"pages", load.pages},
                     {"working", load.working},
                     {"free", load.free},
                     {"sleeping", load.sleeping},
                     {"interruptions", load.interruptions},
                     {"shift_seconds", shift == shifts.end() ? 0.0 : to_seconds(shift->second)}});
    }
    return Response::json(200, JsonObject{{"people", std::move(people)}});
  }

 private:
  Result<std::map<std::string, catalog::PersonId>> last_of_rounds(const Policy& policy) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    std::map<std::string, catalog::PersonId> last_of;
    for (const Step& step : policy.steps) {
      for (const Target& target : step.targets) {
        if (target.kind != Target::Kind::kRoundRobin) continue;
        ASSIGN_OR_RETURN(last_of[target.name], last_of_round(*sql, policy.id, target.name));
      }
    }
    return last_of;
  }

  Result<std::map<catalog::PersonId, Duration>> shifts_of(store::Session& sql, Time from,
                                                          Time until) const {
    std::map<catalog::PersonId, Duration> shifts;
    if (parts_.book == nullptr) return shifts;
    const auto schedules = parts_.book->schedules();
    const Time now = parts_.clock.now();
    for (const auto& [id, schedule] : *schedules) {
      ASSIGN_OR_RETURN(const auto served, parts_.book->history(sql, id, from, until));
      for (const Served& turn : served) {
        const Time begin = std::max(turn.begin, from);
        const Time end = std::min({turn.end.value_or(now), now, until});
        if (begin < end) shifts[turn.person] += end - begin;
      }
    }
    return shifts;
  }

  const PolicyApiParts parts_;
};

using Answer = Result<Response> (Api::*)(const Request&, const Caller&) const;

}  // namespace

void add_policy_routes(net::Router& router, const PolicyApiParts& parts) {
  const auto api = std::make_shared<const Api>(parts);
  const auto add = [&](const char* pattern, Answer answer) {
    router.add("GET", pattern, [api, answer, &gate = parts.gate](const Request& request) {
      auto caller = gate.require(request, access::Role::kResponder);
      if (!caller) return Response::error(caller.error(), request);
      auto response = (api.get()->*answer)(request, *caller);
      return response ? *std::move(response) : Response::error(response.error(), request);
    });
  };
  add("/api/v1/escalation-policies", &Api::list);
  add("/api/v1/escalation-policies/{id}/preview", &Api::preview);
  add("/api/v1/on-call/load", &Api::load);
}

}  // namespace tocsin::oncall
