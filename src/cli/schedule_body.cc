#include "cli/schedule_body.h"

#include "base/clock.h"
#include "base/text.h"
#include "cli/print.h"
#include "cli/show.h"

namespace tocsin::cli {

std::string schedule_path(const ScheduleFlags& flags, const std::string& rest) {
  return "/api/v1/schedules/" + url_encode(flags.name) + rest;
}

Result<> remove_at(const ScheduleFlags& flags, const std::string& path, std::string_view is) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  RETURN_IF_ERROR(api.remove(path));
  if (!flags.server.json) print(fmt::format("{} is {}\n", flags.id, is));
  return {};
}

Result<> put_span(const ScheduleFlags& flags, codec::JsonObject& body) {
  Time begin = SystemClock().now();
  if (!flags.from.empty()) {
    auto given = parse_rfc3339(flags.from);
    if (!given) return fail(std::move(given).error().in("--from"));
    begin = *given;
  }
  if (flags.until.empty() == flags.lasts.empty()) {
    return invalid("say until when: --until 2026-01-31T12:00:00Z, or --for 2h");
  }
  body["begin"] = to_rfc3339(begin);
  if (!flags.until.empty()) {
    body["end"] = flags.until;
    return {};
  }
  auto length = parse_duration(flags.lasts);
  if (!length) return fail(std::move(length).error().in("--for"));
  body["end"] = to_rfc3339(begin + *length);
  return {};
}

void print_made(const ScheduleFlags& flags, const codec::Json& answer) {
  if (flags.server.json) {
    print_json(answer);
  } else {
    print(show(answer, "id") + "\n");
  }
}

}  // namespace tocsin::cli
