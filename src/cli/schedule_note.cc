// schedule note: what whoever goes off call leaves for who comes.
#include <iostream>
#include <iterator>

#include "cli/print.h"
#include "cli/schedule_body.h"
#include "cli/show.h"

namespace tocsin::cli {
namespace {

std::string with_line_end(std::string text) {
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

void print_note(std::string_view title, const codec::Json& note) {
  if (!note.is_object()) return;
  print(fmt::format("{} ({}, {}):\n{}\n", title, show(note, "author"), show(note, "updated"),
                    with_line_end(show(note, "text"))));
}

Result<> write(ApiClient& api, const ScheduleFlags& flags, const std::string& path) {
  std::string text = *flags.text;
  if (text == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  ASSIGN_OR_RETURN(const codec::Json answer,
                   api.put(path, "application/json",
                           codec::to_text(codec::JsonObject{{"text", std::move(text)}})));
  if (flags.server.json) {
    print_json(answer);
  } else {
    print(field_of(answer, "open").is_object()
              ? fmt::format("whoever comes next in {} gets it\n", flags.name)
              : fmt::format("{} has no note for who comes next\n", flags.name));
  }
  return {};
}

}  // namespace

Result<> run_schedule_note(const ScheduleFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  const std::string path = schedule_path(flags, "/hand-off-notes");
  if (flags.text && flags.draft) return invalid("say --text or --draft, not both");
  if (flags.text) return write(api, flags, path);
  ASSIGN_OR_RETURN(const codec::Json answer, api.get(flags.draft ? path + "/draft" : path));
  if (flags.server.json) {
    print_json(answer);
  } else if (flags.draft) {
    print(with_line_end(show(answer, "text")));
  } else {
    const codec::Json& received = field_of(answer, "received");
    const codec::Json& open = field_of(answer, "open");
    print_note("Left for whoever is on call now", received);
    print_note("For who comes next", open);
    if (!received.is_object() && !open.is_object()) print("there is no note\n");
  }
  return {};
}

}  // namespace tocsin::cli
