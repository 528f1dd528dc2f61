#include "cli/import_fetch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "calendar/ical.h"
#include "codec/json.h"
#include "oncall/import_reading.h"

namespace tocsin::cli {
namespace {

using codec::Node;
using oncall::items_at;
using oncall::text_at;

constexpr int kMostPages = 1000;  // of one list
constexpr Duration kUsualWait = seconds(30);
constexpr int kPerPage = 100;
constexpr Duration kOverridesAhead = days(60);

using Headers = std::vector<std::pair<std::string, std::string>>;

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Ids stand in paths: what is no plain word must not lead elsewhere.
bool is_plain(std::string_view id) {
  return !id.empty() && id.size() <= 100 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

std::string list_path(std::string_view path, int page) {
  return fmt::format("{}{}limit={}&offset={}", path,
                     path.find('?') == std::string_view::npos ? "?" : "&", kPerPage,
                     (page - 1) * kPerPage);
}

void add_ids(const Node& page, std::string_view key, std::vector<std::string>& ids) {
  for (const Node* item : items_at(page, key)) {
    if (std::string id = text_at(*item, "id"); is_plain(id)) ids.push_back(std::move(id));
  }
}

std::string day_of(Time time) { return to_rfc3339(time).substr(0, 10); }  // in UTC

// One conversation with one API.
class Conversation {
 public:
  Conversation(net::Client& client, const ToolApi& api, Headers headers)
      : client_(client), api_(api), headers_(std::move(headers)) {}

  // The answer to GET `path`, below the API's address.
  Result<std::string> get(const std::string& path) {
    return ask({.method = "GET", .url = api_.url + path, .headers = headers_}, path);
  }
  Result<std::string> post(const std::string& path, std::string body) {
    net::HttpCall call{.method = "POST", .url = api_.url + path, .headers = headers_};
    call.headers.emplace_back("Content-Type", "application/json");
    call.body = std::move(body);
    return ask(call, path);
  }
  // An address that holds its own secret; the token is not sent there.
  Result<std::string> get_elsewhere(const std::string& url, const std::string& what) {
    return ask({.method = "GET", .url = url}, what);
  }

  Result<Node> read(const std::string& text, const std::string& path) const {
    auto node = codec::parse_json(text);
    if (node) return *std::move(node);
    return fail(Code::kInvalidArgument,
                fmt::format("{}{} does not answer with JSON ({}); is this the API's address?",
                            api_.url, path, node.error().message));
  }

  // GET, kept under `name` as it came.
  Result<Node> keep(const std::string& path, const std::string& name) {
    ASSIGN_OR_RETURN(std::string text, get(path));
    ASSIGN_OR_RETURN(Node node, read(text, path));
    out_.answers[name] = std::move(text);
    return node;
  }

  // The ids in a list that is not kept itself, for it tells too little of each object.
  Result<std::vector<std::string>> ids(const std::string& path, std::string_view key,
                                       const std::function<bool(const Node&)>& more) {
    std::vector<std::string> ids;
    for (int page = 1; page <= kMostPages; ++page) {
      const std::string here = list_path(path, page);
      ASSIGN_OR_RETURN(const std::string text, get(here));
      ASSIGN_OR_RETURN(const Node node, read(text, here));
      add_ids(node, key, ids);
      if (!more(node)) return ids;
    }
    return too_many(path);
  }

  // Page after page into NAME-1, NAME-2, ...; `more` says whether another one follows.
  Result<std::vector<Node>> keep_pages(const std::string& name,
                                       const std::function<std::string(int)>& path_of,
                                       const std::function<bool(const Node&)>& more) {
    std::vector<Node> pages;
    for (int page = 1; page <= kMostPages; ++page) {
      ASSIGN_OR_RETURN(Node node, keep(path_of(page), fmt::format("{}-{}", name, page)));
      pages.push_back(std::move(node));
      if (!more(pages.back())) return pages;
    }
    return too_many(name);
  }
  std::unexpected<Error> too_many(const std::string& what) const {
    return fail(Code::kResourceExhausted,
                fmt::format("{} has more than {} pages of {}", api_.url, kMostPages, what));
  }

  // A calendar that lacks leaves that schedule unproved, and is no reason to import nothing.
  void put_calendar(const std::string& id, Result<std::string> text) {
    if (text) {
      out_.calendars[id] = *std::move(text);
    } else {
      tell(fmt::format("There is no calendar of schedule {}: {}", id, text.error().message));
    }
  }
  void put_answer(const std::string& name, std::string text) {
    out_.answers[name] = std::move(text);
  }
  ToolExport take() { return std::move(out_); }
  void tell(const std::string& text) const {
    if (api_.told) api_.told(text);
  }

 private:
  Result<std::string> ask(const net::HttpCall& call, const std::string& what) {
    for (int waits = 0;; ++waits) {
      net::HttpCall copy = call;
      copy.headers.emplace_back("Accept", "application/json, text/calendar");
      copy.timeout = seconds(60);
      copy.max_answer = 64 << 20;
      ASSIGN_OR_RETURN(net::HttpAnswer answer, client_.call_and_wait(std::move(copy)));
      if (answer.status == 200) return std::move(answer.body);
      const auto wait = wait_of(answer);
      if (!wait) return fail(refusal(answer, what));
      if (waits >= kMostWaits || *wait > kLongestWait) {
        return fail(Code::kResourceExhausted,
                    fmt::format("{} lets nobody through for now ({} at {}): try again in {}",
                                api_.url, answer.status, what, to_text(*wait)));
      }
      tell(fmt::format("The API asks to wait {}.", to_text(*wait)));
      if (api_.pause) api_.pause(*wait);
    }
  }

  // How long until another request; nothing: waiting does not help.
  static std::optional<Duration> wait_of(const net::HttpAnswer& answer) {
    if (answer.status != 429 && answer.status != 503) return std::nullopt;
    // PagerDuty and Grafana OnCall say ratelimit-reset, both in seconds.
    for (const char* name : {"retry-after", "ratelimit-reset"}) {
      const auto found = answer.headers.find(name);
      if (found == answer.headers.end()) continue;
      if (const auto value = whole_number(trim(found->second)); value && *value >= 0) {
        return seconds(std::clamp<int64_t>(*value, 1, 86'400));
      }
    }
    if (answer.status == 503) return std::nullopt;
    return kUsualWait;
  }

  Error refusal(const net::HttpAnswer& answer, const std::string& what) const {
    const std::string at = fmt::format("{}{}", api_.url, what.starts_with('/') ? what : "");
    switch (answer.status) {
      case 401:
        return {Code::kUnauthenticated,
                fmt::format("{} does not know the token in {}", at, api_.token_name)};
      case 403:
        return {Code::kPermissionDenied,
                fmt::format("the token in {} may not read {}", api_.token_name, at)};
      case 404:
        return {Code::kInvalidArgument,
                fmt::format("there is no {}: name the API's address with --url", at)};
      default: break;
    }
    if (answer.status / 100 == 3) {
      return {Code::kInvalidArgument,
              fmt::format("{} leads elsewhere ({}), and the token goes nowhere but to --url: name "
                          "the address where the API is",
                          at, answer.status)};
    }
    return {answer.status / 100 == 5 ? Code::kUnavailable : Code::kInvalidArgument,
            fmt::format("{} answered with status {}{}", at, answer.status, words_of(answer))};
  }

  // What the API itself says, in the shapes of the four.
  static std::string words_of(const net::HttpAnswer& answer) {
    const auto node = codec::parse_json(answer.body);
    if (!node) return "";
    for (const char* path : {"error.message", "message", "detail"}) {
      if (const std::string words = text_at(*node, path); !words.empty()) {
        return ": " + codec::shown(words);
      }
    }
    return "";
  }

  net::Client& client_;
  const ToolApi& api_;
  Headers headers_;
  ToolExport out_;
};

// --- GoAlert

constexpr std::string_view kLists[] = {
    "users", "rotations", "schedules", "escalationPolicies", "services", "userOverrides"};

// The fields that every GoAlert with an API key has (target/goalert, graphql2/schema.graphql).
constexpr std::string_view kQuery =
    R"(query Tocsin($users: String = "", $rotations: String = "", $schedules: String = "", $escalationPolicies: String = "", $services: String = "", $userOverrides: String = "") {
  users(first: 100, after: $users) {
    nodes { id name email contactMethods { id type name value disabled } notificationRules { id delayMinutes contactMethodID } }
    pageInfo { endCursor hasNextPage }
  }
  rotations(input: {first: 100, after: $rotations}) {
    nodes { id name start timeZone type shiftLength activeUserIndex userIDs nextHandoffTimes(num: 1) }
    pageInfo { endCursor hasNextPage }
  }
  schedules(input: {first: 100, after: $schedules}) {
    nodes { id name description timeZone targets { target { id type name } rules { start end weekdayFilter } } temporarySchedules { start end } }
    pageInfo { endCursor hasNextPage }
  }
  escalationPolicies(input: {first: 100, after: $escalationPolicies}) {
    nodes { id name repeat steps { id stepNumber delayMinutes targets { id type name } } }
    pageInfo { endCursor hasNextPage }
  }
  services(input: {first: 100, after: $services}) {
    nodes { id name description escalationPolicyID }
    pageInfo { endCursor hasNextPage }
  }
  userOverrides(input: {first: 100, after: $userOverrides}) {
    nodes { id start end addUser { id name } removeUser { id name } target { id } }
    pageInfo { endCursor hasNextPage }
  }
}
)";

Error graphql_error(const Node& answer, const ToolApi& api) {
  const std::string message = text_at(*items_at(answer, "errors").front(), "message");
  if (message.find("wrong query") != std::string::npos) {
    return {Code::kPermissionDenied,
            fmt::format("the key in {} was made for another query: make one for what `tocsin "
                        "import goalert --print-query` prints",
                        api.token_name)};
  }
  return {Code::kInvalidArgument, fmt::format("{} refuses: {}", api.url, codec::shown(message))};
}

}  // namespace

std::string_view goalert_query() { return kQuery; }

// https://developer.pagerduty.com/docs/pagination: limit, offset, and "more" in the answer; rate
// limits: https://support.pagerduty.com/docs/rest-api-rate-limits
Result<ToolExport> fetch_pagerduty(net::Client& client, const ToolApi& api, bool with_calendars,
                                   Time now) {
  Conversation talk(client, api, {{"Authorization", "Token token=" + api.token.reveal()}});
  const auto pages = [&](const std::string& name, const std::string& path) {
    return talk.keep_pages(
        name, [&](int page) { return list_path(path, page); },
        [](const Node& page) { return text_at(page, "more") == "true"; });
  };
  RETURN_IF_ERROR(
      pages("users", "/users?include%5B%5D=contact_methods&include%5B%5D=notification_rules"));
  RETURN_IF_ERROR(pages("teams", "/teams"));
  RETURN_IF_ERROR(pages("escalation_policies", "/escalation_policies"));
  RETURN_IF_ERROR(pages("services", "/services"));
  ASSIGN_OR_RETURN(const auto ids, talk.ids("/schedules", "schedules", [](const Node& page) {
    return text_at(page, "more") == "true";
  }));
  for (const std::string& id : ids) {
    // Overrides are told only for a time that is asked for.
    ASSIGN_OR_RETURN(const Node schedule,
                     talk.keep(fmt::format("/schedules/{}?since={}&until={}", id, day_of(now),
                                           day_of(now + kOverridesAhead)),
                               "schedules-" + id));
    std::string url = text_at(schedule, "schedule.http_cal_url");
    if (!with_calendars || url.empty()) continue;
    talk.put_calendar(id, talk.get_elsewhere(url, "its calendar"));
  }
  return talk.take();
}

// https://docs.opsgenie.com/docs/pagination: limit at most 100, offset, and "paging.next" in the
// answer; https://docs.opsgenie.com/docs/api-rate-limiting: 429.
Result<ToolExport> fetch_opsgenie(net::Client& client, const ToolApi& api, bool with_calendars,
                                  Time) {
  Conversation talk(client, api, {{"Authorization", "GenieKey " + api.token.reveal()}});
  const auto more = [](const Node& page) { return !text_at(page, "paging.next").empty(); };
  ASSIGN_OR_RETURN(const auto users, talk.ids("/v2/users", "data", more));
  for (const std::string& id : users) {
    RETURN_IF_ERROR(talk.keep(fmt::format("/v2/users/{}?expand=contact", id), "users-" + id));
    ASSIGN_OR_RETURN(const auto rules,
                     talk.ids(fmt::format("/v2/users/{}/notification-rules", id), "data", more));
    for (const std::string& rule : rules) {
      RETURN_IF_ERROR(talk.keep(fmt::format("/v2/users/{}/notification-rules/{}", id, rule),
                                fmt::format("notification_rules-{}-{}", id, rule)));
    }
  }
  ASSIGN_OR_RETURN(const auto teams, talk.ids("/v2/teams", "data", more));
  for (const std::string& id : teams) {
    RETURN_IF_ERROR(talk.keep("/v2/teams/" + id, "teams-" + id));
    RETURN_IF_ERROR(
        talk.keep(fmt::format("/v2/teams/{}/routing-rules", id), "routing_rules-" + id));
  }
  ASSIGN_OR_RETURN(const Node schedules, talk.keep("/v2/schedules?expand=rotation", "schedules"));
  RETURN_IF_ERROR(talk.keep("/v2/escalations", "escalations"));
  if (!with_calendars) return talk.take();
  std::vector<std::string> ids;
  add_ids(schedules, "data", ids);
  for (const std::string& id : ids) {
    talk.put_calendar(id, talk.get(fmt::format("/v2/schedules/{}.ics", id)));
  }
  return talk.take();
}

// https://grafana.com/docs/oncall/latest/oncall-api-reference/: pages by number, "next" is null on
// the last one (grafana/oncall, engine/common/api_helpers/paginators.py). The link itself is not
// followed: it may name a host that only OnCall's own network knows.
Result<ToolExport> fetch_grafana_oncall(net::Client& client, const ToolApi& api,
                                        bool with_calendars, Time now) {
  Headers headers{{"Authorization", api.token.reveal()}};
  if (!api.stack_url.empty()) headers.emplace_back("X-Grafana-URL", api.stack_url);
  Conversation talk(client, api, std::move(headers));
  const auto pages = [&](const std::string& path, const std::string& name) {
    return talk.keep_pages(
        name,
        [&](int page) {
          return fmt::format("/api/v1/{}{}page={}&perpage={}", path,
                             path.find('?') == std::string::npos ? "/?" : "&", page, kPerPage);
        },
        [](const Node& page) { return !text_at(page, "next").empty(); });
  };
  for (const char* name : {"users", "teams", "personal_notification_rules", "on_call_shifts",
                           "escalation_chains", "escalation_policies", "integrations", "routes"}) {
    RETURN_IF_ERROR(pages(name, name));
  }
  ASSIGN_OR_RETURN(const auto schedules, pages("schedules", "schedules"));
  if (!with_calendars) return talk.take();
  std::vector<std::string> ids;
  for (const Node& page : schedules) add_ids(page, "results", ids);
  for (const std::string& id : ids) {
    // A day on either side: shifts are asked for by days, and the proof by hours.
    ASSIGN_OR_RETURN(const auto shifts,
                     pages(fmt::format("schedules/{}/final_shifts?start_date={}&end_date={}", id,
                                       day_of(now - days(1)), day_of(now + days(92))),
                           "final_shifts-" + id));
    std::vector<calendar::IcalEntry> entries;
    for (const Node& page : shifts) {
      for (const Node* shift : items_at(page, "results")) {
        const auto begin = parse_rfc3339(text_at(*shift, "shift_start"));
        const auto end = parse_rfc3339(text_at(*shift, "shift_end"));
        if (!begin || !end || *begin >= *end) continue;
        entries.push_back({fmt::format("{}-{}", id, entries.size()), *begin, *end,
                           text_at(*shift, "user_username"), ""});
      }
    }
    talk.put_calendar(id, calendar::write_ical(id, entries, now));
  }
  return talk.take();
}

// Pages by cursors: each list goes on behind the last one that came, until all are through.
Result<ToolExport> fetch_goalert(net::Client& client, const ToolApi& api, bool with_calendars,
                                 Time) {
  Conversation talk(client, api, {{"Authorization", "Bearer " + api.token.reveal()}});
  codec::JsonObject cursors;
  for (int page = 1; page <= kMostPages; ++page) {
    const std::string body =
        codec::to_text(codec::JsonObject{{"query", goalert_query()}, {"variables", cursors}});
    ASSIGN_OR_RETURN(std::string text, talk.post("/api/graphql", body));
    ASSIGN_OR_RETURN(const Node node, talk.read(text, "/api/graphql"));
    if (!items_at(node, "errors").empty()) return fail(graphql_error(node, api));
    talk.put_answer(fmt::format("export-{}", page), std::move(text));
    bool is_more = false;
    for (const std::string_view list : kLists) {
      const std::string at = fmt::format("data.{}.pageInfo.", list);
      is_more = is_more || text_at(node, at + "hasNextPage") == "true";
      if (const std::string cursor = text_at(node, at + "endCursor"); !cursor.empty()) {
        cursors[std::string(list)] = cursor;
      }
    }
    if (is_more) continue;
    if (with_calendars) {
      talk.tell("GoAlert's calendars have addresses of their own: put them beside the answers.");
    }
    return talk.take();
  }
  return talk.too_many("its lists");
}

}  // namespace tocsin::cli
