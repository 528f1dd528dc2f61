#include "cli/silence_command.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/posted.h"
#include "cli/server_flags.h"
#include "cli/silence.h"

namespace tocsin::cli {
namespace {

using Action = std::function<Result<>()>;

template <class Flags>
CLI::App* add_command(CLI::App& parent, const char* name, const char* help, Flags& flags) {
  CLI::App* command = parent.add_subcommand(name, help);
  add_server_flags(*command, flags.server);
  return command;
}

void add_when(CLI::App& command, SilenceFlags& flags) {
  command.add_option("--for", flags.lasts, "How long, such as 2h");
  command.add_option("--start", flags.starts,
                     "From when: 2026-01-31T12:00:00Z; with --recur 2026-01-31 12:00 in the zone");
  command.add_option("--end", flags.ends, "Until when: 2026-01-31T12:00:00Z");
  command.add_option("--recur", flags.recur, "An RRULE, such as FREQ=WEEKLY;BYDAY=SA,SU");
  command.add_option("--at", flags.at, "When an occurrence begins, from today on: 02:00");
  command.add_option("--lasts", flags.occurrence_lasts, "How long each occurrence is, such as 4h");
  command.add_option("--zone", flags.zone, "Of --at and --start, such as Europe/Berlin")
      ->capture_default_str();
  command.add_option("--except", flags.except, "An occurrence to leave out: 2026-12-26 02:00");
}

constexpr const char* kMatchers = "As amtool takes them: team=db, alertname=~Disk.*, or a name";

}  // namespace

void add_posted_command(CLI::App& app, Action& action) {
  const auto flags = std::make_shared<PostedFlags>();
  CLI::App* posted = add_command(
      app, "posted", "Alerts that others post, those that are not over by default", *flags);
  posted->add_option("matcher", flags->matchers, kMatchers);
  posted
      ->add_option("--state", flags->state,
                   "open (firing or suppressed), firing, suppressed, resolved or all")
      ->check(CLI::IsMember({"open", "firing", "suppressed", "resolved", "all"}))
      ->capture_default_str();
  posted->require_subcommand(0, 1);
  posted->callback([&action, flags, posted] {
    if (posted->get_subcommands().empty()) action = [flags] { return run_posted(*flags); };
  });
  const auto marking = [&](const char* name, const char* help, auto run, const char* kind) {
    CLI::App* command = add_command(*posted, name, help, *flags);
    command->add_option("fingerprint", flags->fingerprints, "Of the alerts")->required();
    command->callback(
        [&action, flags, run, kind] { action = [flags, run, kind] { return run(*flags, kind); }; });
    return command;
  };
  CLI::App* ack =
      marking("ack", "I have it: no repeats until it is resolved", run_mark, "acknowledge");
  CLI::App* snooze =
      marking("snooze", "Not before a time; then it is told again", run_mark, "snooze");
  for (CLI::App* command : {ack, snooze}) {
    command->add_option("--comment", flags->comment, "Why, for the alert's history");
  }
  snooze->add_option("--for", flags->lasts, "How long, such as 2h");
  snooze->add_option("--until", flags->until, "Until when: 2026-01-31T12:00:00Z");
  marking("unack", "Take an acknowledgement back", run_unmark, "acknowledge");
  marking("unsnooze", "End a snooze now", run_unmark, "snooze");
}

void add_silence_command(CLI::App& app, Action& action) {
  const auto flags = std::make_shared<SilenceFlags>();
  CLI::App* silence = app.add_subcommand("silence", "Silences, recurring ones, too");
  silence->require_subcommand(1);
  CLI::App* preview = add_command(*silence, "preview",
                                  "What a silence would hide, and what speaks against it", *flags);
  CLI::App* add = add_command(*silence, "add", "Add a silence; prints its id", *flags);
  for (CLI::App* command : {preview, add}) {
    command->add_option("matcher", flags->matchers, kMatchers)->required();
    add_when(*command, *flags);
  }
  add->add_option("--comment", flags->comment, "What it is for")->required();
  add->add_option("--author", flags->author, "Who wants it")->envname("USER");
  add->add_flag("--yes", flags->yes, "Add it although there are warnings");
  preview->callback([&action, flags] { action = [flags] { return run_silence_preview(*flags); }; });
  add->callback([&action, flags] { action = [flags] { return run_silence_add(*flags); }; });

  CLI::App* list =
      add_command(*silence, "list", "Silences that are not over, and recurring ones", *flags);
  list->add_option("--state", flags->state, "current, pending, active, expired or all")
      ->check(CLI::IsMember({"current", "pending", "active", "expired", "all"}))
      ->capture_default_str();
  list->callback([&action, flags] { action = [flags] { return run_silence_list(*flags); }; });

  CLI::App* expire =
      add_command(*silence, "expire", "End silences now, or delete recurring ones", *flags);
  expire->add_option("id", flags->ids, "Of the silences; rec_... is a recurring one")->required();
  expire->callback([&action, flags] { action = [flags] { return run_silence_expire(*flags); }; });
}

}  // namespace tocsin::cli
