#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/secret.h"
#include "net/client.h"
#include "oncall/import.h"

namespace tocsin::cli {

// What was read from another tool, from a folder or from its API.
struct ToolExport {
  std::map<std::string, std::string> answers;    // file name without ".json" -> text as it came
  std::map<std::string, std::string> calendars;  // id of a schedule -> iCal of who is on call
};

// How to reach the API of one tool.
struct ToolApi {
  std::string url;        // without a slash at its end
  Secret token;           // sent to `url` alone
  std::string stack_url;  // Grafana: sent as X-Grafana-URL beside a service account's token; empty
  std::string token_name = "token";          // where the token comes from, for messages
  std::function<void(Duration)> pause = {};  // waits for so long; called between two requests
  std::function<void(const std::string&)> told = {};  // what is going on, in words
};

// Each asks for page after page, whatever the reader of the tool wants to know, and changes nothing
// there. `with_calendars`: also who is on call from `now` on, for the proof, where the API tells
// it.
//
// While the API asks to wait (429 or 503 with Retry-After, or ratelimit-reset), it waits with
// `pause`, kMostWaits times in a row and kLongestWait at most each; then kResourceExhausted.
// kUnauthenticated or kPermissionDenied: the API refuses the token. kUnavailable: not reached.
// kInvalidArgument: what answers is not that API. No message holds the token.
inline constexpr int kMostWaits = 10;
inline constexpr Duration kLongestWait = minutes(6);
Result<ToolExport> fetch_pagerduty(net::Client& client, const ToolApi& api, bool with_calendars,
                                   Time now);
Result<ToolExport> fetch_opsgenie(net::Client& client, const ToolApi& api, bool with_calendars,
                                  Time now);
Result<ToolExport> fetch_grafana_oncall(net::Client& client, const ToolApi& api,
                                        bool with_calendars, Time now);
Result<ToolExport> fetch_goalert(net::Client& client, const ToolApi& api, bool with_calendars,
                                 Time now);

// The one query that GoAlert is asked, with cursors as its variables: a key for its API is made for
// exactly this text.
std::string_view goalert_query();

}  // namespace tocsin::cli
