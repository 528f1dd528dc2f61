// silence: preview, add, list, expire; recurring ones, too.
#include "cli/silence.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/posted.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

codec::JsonArray texts(const std::vector<std::string>& all) {
  codec::JsonArray out;
  for (const std::string& one : all) out.push_back(codec::Json(one));
  return out;
}

// What preview and add send alike.
Result<codec::JsonObject> body_of(const SilenceFlags& flags) {
  codec::JsonObject body{{"matchers", texts(as_matchers(flags.matchers))}};
  if (flags.recur.empty()) {
    if (!flags.at.empty() || !flags.occurrence_lasts.empty() || !flags.except.empty()) {
      return invalid("--at, --lasts and --except belong to --recur; name a rule with it");
    }
    if (!flags.lasts.empty()) body["for"] = flags.lasts;
    if (!flags.starts.empty()) body["starts_at"] = flags.starts;
    if (!flags.ends.empty()) body["ends_at"] = flags.ends;
    return body;
  }
  if (!flags.lasts.empty() || !flags.ends.empty()) {
    return invalid(
        "--recur goes with --lasts, the length of each occurrence, not with --for or "
        "--end");
  }
  codec::JsonObject recurrence{{"rule", flags.recur},
                               {"zone", flags.zone},
                               {"lasts", flags.occurrence_lasts},
                               {"except", texts(flags.except)}};
  if (!flags.at.empty()) recurrence["at"] = flags.at;
  if (!flags.starts.empty()) recurrence["start"] = flags.starts;
  body["recurrence"] = std::move(recurrence);
  return body;
}

std::string names_of(const codec::JsonArray& counts) {
  std::vector<std::string> out;
  for (const codec::Json& one : counts) {
    out.push_back(fmt::format("{} {}", show(one, "count"), show(one, "alertname")));
  }
  return join(out, ", ");
}

// A line each for what is there to say.
void print_preview(const codec::Json& preview) {
  const auto hidden = number_of(preview, "hidden");
  print(fmt::format("It would hide {} of the {} alerts that fire{}{}.\n", show(preview, "hidden"),
                    show(preview, "firing"), hidden > 0 ? ": " : "",
                    names_of(list_of(preview, "hidden_by_name"))));
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& alert : list_of(preview, "hidden_alerts")) {
    rows.push_back({show(alert, "fingerprint"), codec::to_text(field_of(alert, "labels"))});
  }
  print(print_table({"FINGERPRINT", "LABELS"}, rows));
  const codec::Json& before = field_of(preview, "fired_before");
  const auto& by_name = list_of(before, "by_name");
  print(fmt::format("Since {} what matches fired {} times{}{}.\n", show(before, "reaches"),
                    show(before, "times"), by_name.empty() ? "" : ": ", names_of(by_name)));
  std::vector<std::string> receivers;
  for (const codec::Json& name : list_of(preview, "silent_receivers")) {
    receivers.emplace_back(name.as_string());
  }
  if (const size_t groups = list_of(preview, "silent_groups").size(); groups > 0) {
    print(fmt::format(
        "{} group{} would fall silent{}{}.\n", groups, groups == 1 ? "" : "s",
        receivers.empty() ? "" : "; nothing more would be told to: ", join(receivers, ", ")));
  }
  for (const codec::Json& at : list_of(preview, "occurrences")) {
    print(fmt::format("occurrence: {}\n", std::string_view(at.as_string())));
  }
}

void print_warnings(const codec::Json& preview) {
  for (const codec::Json& warning : list_of(preview, "warnings")) {
    fmt::print(stderr, "warning: {} ({})\n", show(warning, "text"), show(warning, "code"));
  }
}

Result<> confirm() {
  constexpr const char* kHow = "look at the warnings, then add it with --yes";
  if (::isatty(STDIN_FILENO) == 0) {
    return invalid(
        fmt::format("not added: there are warnings and no terminal to ask at; {}", kHow));
  }
  fmt::print(stderr, "Add it all the same? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  if (equal_ignoring_case(trim(answer), "y") || equal_ignoring_case(trim(answer), "yes")) return {};
  return invalid(fmt::format("not added; {}", kHow));
}

std::string matchers_of(const codec::Json& silence) {
  std::vector<std::string> out;
  for (const codec::Json& one : list_of(silence, "matchers")) out.emplace_back(one.as_string());
  return join(out, " ");
}

void print_recurring(const codec::JsonArray& recurring) {
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& one : recurring) {
    rows.push_back({show(one, "id"), show(one, "rule"), show(one, "start"), show(one, "zone"),
                    show(one, "lasts"), show(one, "next_at"), show(one, "author"),
                    show(one, "comment"), matchers_of(one)});
  }
  print(print_table(
      {"ID", "RULE", "FROM", "ZONE", "LASTS", "NEXT", "AUTHOR", "COMMENT", "MATCHERS"}, rows));
}

}  // namespace

Result<> run_silence_preview(const SilenceFlags& flags) {
  ASSIGN_OR_RETURN(const codec::JsonObject body, body_of(flags));
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json preview, api.post("/api/v1/silences/preview", body));
  if (flags.server.json) {
    print_json(preview);
    return {};
  }
  print_preview(preview);
  print_warnings(preview);
  return {};
}

Result<> run_silence_add(const SilenceFlags& flags) {
  ASSIGN_OR_RETURN(codec::JsonObject body, body_of(flags));
  if (flags.recur.empty() && flags.lasts.empty() && flags.ends.empty()) {
    return invalid("say how long: --for 2h, or --end 2026-01-31T12:00:00Z");
  }
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json preview, api.post("/api/v1/silences/preview", body));
  print_warnings(preview);
  if (!flags.yes && !list_of(preview, "warnings").empty()) RETURN_IF_ERROR(confirm());
  body["comment"] = flags.comment;
  body["author"] = flags.author;
  const bool is_recurring = !flags.recur.empty();
  ASSIGN_OR_RETURN(
      const codec::Json answer,
      api.post(is_recurring ? "/api/v1/recurring-silences" : "/api/v1/silences", body));
  if (flags.server.json) {
    print_json(answer);
  } else {
    // On standard output nothing but the id, as amtool does, so that a script can take it.
    print(show(field_of(answer, is_recurring ? "recurring_silence" : "silence"), "id") + "\n");
  }
  return {};
}

Result<> run_silence_list(const SilenceFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(codec::Json silences,
                   api.get("/api/v1/silences?state=" + url_encode(flags.state)));
  ASSIGN_OR_RETURN(const codec::Json recurring, api.get("/api/v1/recurring-silences"));
  const auto& again = list_of(recurring, "recurring_silences");
  if (flags.server.json) {
    silences.as_object()["recurring_silences"] = again;
    print_json(silences);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& one : list_of(silences, "silences")) {
    rows.push_back({show(one, "id"), show(one, "state"), show(one, "starts_at"),
                    show(one, "ends_at"), show(one, "author"), show(one, "comment"),
                    show(one, "recurring"), matchers_of(one)});
  }
  print(rows.empty() ? "No silences.\n"
                     : print_table({"ID", "STATE", "FROM", "UNTIL", "AUTHOR", "COMMENT",
                                    "RECURRING", "MATCHERS"},
                                   rows));
  if (!again.empty()) {
    print("\n");
    print_recurring(again);
  }
  return {};
}

Result<> run_silence_expire(const SilenceFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  for (const std::string& id : flags.ids) {
    const bool is_recurring = id.starts_with("rec_");
    RETURN_IF_ERROR(api.remove(
        (is_recurring ? "/api/v1/recurring-silences/" : "/api/v1/silences/") + url_encode(id)));
    if (!flags.server.json) {
      print(fmt::format("{} {}\n", id, is_recurring ? "is deleted" : "is over"));
    }
  }
  return {};
}

}  // namespace tocsin::cli
