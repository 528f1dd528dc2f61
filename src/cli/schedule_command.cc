#include "cli/schedule_command.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/schedule.h"
#include "cli/server_flags.h"

namespace tocsin::cli {
namespace {

using Action = std::function<Result<>()>;
using Flags = std::shared_ptr<ScheduleFlags>;

class Builder {
 public:
  Builder(Flags flags, Action& action) : flags_(std::move(flags)), action_(action) {}

  template <class Run>
  CLI::App* command(CLI::App& parent, const char* name, const char* help, Run run) {
    CLI::App* out = parent.add_subcommand(name, help);
    add_server_flags(*out, flags_->server);
    out->callback([&action = action_, flags = flags_, run] {
      action = [flags, run] { return run(*flags); };
    });
    return out;
  }
  void add_schedule(CLI::App& command) {
    command.add_option("name", flags_->name, "The schedule")->required();
  }
  void add_span(CLI::App& command, const char* from) {
    command.add_option("--from", flags_->from, from);
    command.add_option("--until", flags_->until, "Until when: 2026-01-31T12:00:00Z");
    command.add_option("--for", flags_->lasts, "How long, instead of --until: 2h");
  }
  void add_note(CLI::App& command) { command.add_option("--note", flags_->note, "Why"); }
  ScheduleFlags& flags() { return *flags_; }

 private:
  Flags flags_;
  Action& action_;
};

void add_override(CLI::App& schedule, Builder& build) {
  CLI::App* one = schedule.add_subcommand("override", "Change who is on call for a time");
  one->require_subcommand(1);
  CLI::App* add =
      build.command(*one, "add", "Add an override; prints its id", run_schedule_override_add);
  build.add_schedule(*add);
  add->add_option("--person", build.flags().person, "Who")->required();
  add->add_option("--kind", build.flags().kind,
                  "replace: takes over; add: is on call, too; remove: is not on call")
      ->check(CLI::IsMember({"replace", "add", "remove"}))
      ->capture_default_str();
  add->add_option("--replaces", build.flags().replaces, "Whose turns; everybody's when left out");
  build.add_span(*add, "From when: 2026-01-31T12:00:00Z; now when left out");
  build.add_note(*add);
  CLI::App* remove = build.command(*one, "remove", "Take one back; one that has begun ends now",
                                   run_schedule_override_remove);
  build.add_schedule(*remove);
  remove->add_option("id", build.flags().id, "Of the override, ovr_...")->required();
}

void add_plan(CLI::App& schedule, Builder& build) {
  CLI::App* plan = schedule.add_subcommand("plan", "Fixed shifts in the place of the layers");
  plan->require_subcommand(1);
  CLI::App* add = build.command(*plan, "add", "Add a plan; prints its id", run_schedule_plan_add);
  build.add_schedule(*add);
  add->add_option("--shift", build.flags().shifts,
                  "ada+grace=2026-12-24T08:00:00Z/2026-12-25T08:00:00Z; give it for each shift. "
                  "Between them nobody is on call")
      ->required()
      ->allow_extra_args(false);
  add->add_option("--from", build.flags().from, "From when; the first shift's when left out");
  add->add_option("--until", build.flags().until, "Until when; the last shift's when left out");
  build.add_note(*add);
  CLI::App* remove = build.command(*plan, "remove", "Take one back; one that has begun ends now",
                                   run_schedule_plan_remove);
  build.add_schedule(*remove);
  remove->add_option("id", build.flags().id, "Of the plan, fix_...")->required();
  build.add_schedule(*build.command(*plan, "list", "Plans of a schedule", run_schedule_plan_list));
}

void add_away(CLI::App& schedule, Builder& build) {
  CLI::App* away = schedule.add_subcommand("away", "Who is away: their turns go to the next");
  away->require_subcommand(1);
  CLI::App* add =
      build.command(*away, "add", "Add an absence; prints its id", run_schedule_away_add);
  add->add_option("--person", build.flags().person, "Who; the caller when left out");
  build.add_span(*add, "From when: 2026-01-31T12:00:00Z; now when left out");
  build.add_note(*add);
  CLI::App* remove = build.command(*away, "remove", "Take one back", run_schedule_away_remove);
  remove->add_option("id", build.flags().id, "Of the absence, abs_...")->required();
  CLI::App* list =
      build.command(*away, "list", "Absences that are not over", run_schedule_away_list);
  list->add_option("--person", build.flags().person, "Whose; everybody's when left out");
}

void add_swap(CLI::App& schedule, Builder& build) {
  CLI::App* swap = schedule.add_subcommand("swap", "Ask others to take a turn, and answer");
  swap->require_subcommand(1);
  CLI::App* ask = build.command(*swap, "ask", "Ask for it; prints the id", run_schedule_swap_ask);
  build.add_schedule(*ask);
  ask->add_option("--person", build.flags().person, "Whose turn; the caller's when left out");
  ask->add_option("--to", build.flags().to,
                  "Who is asked; everybody of the schedule when left out");
  build.add_span(*ask, "From when: 2026-01-31T12:00:00Z");
  build.add_note(*ask);
  const auto answer = [&](const char* name, const char* help) {
    CLI::App* command = build.command(*swap, name, help, [name](const ScheduleFlags& flags) {
      return run_schedule_swap_answer(flags, name);
    });
    command->add_option("id", build.flags().id, "Of the swap, swp_...")->required();
    command->add_option("--person", build.flags().person, "Who answers; the caller if left out");
  };
  answer("take", "Take the turn");
  answer("decline", "Do not take it");
  answer("withdraw", "Do not ask any more");
}

void add_calendars(CLI::App& schedule, Builder& build) {
  CLI::App* import =
      build.command(schedule, "import-calendar",
                    "Read an iCalendar file: days off (--name), or somebody's vacations (--person)",
                    run_schedule_import);
  import->add_option("file", build.flags().file, "The .ics file")->required();
  import->add_option("--name", build.flags().name, "As layers name it under `off`");
  import->add_option("--person", build.flags().person, "Whose vacations");
  import->add_option("--zone", build.flags().zone, "Whose days they are: Europe/Berlin");
  CLI::App* ical = schedule.add_subcommand("ical", "Links of calendar feeds");
  ical->require_subcommand(1);
  CLI::App* add = build.command(*ical, "add", "Make a secret address; it is printed this once",
                                run_schedule_ical_add);
  add->add_option("kind", build.flags().kind, "person, schedule or team")
      ->required()
      ->check(CLI::IsMember({"person", "schedule", "team"}));
  add->add_option("name", build.flags().name, "Whose")->required();
  build.command(*ical, "list", "Links, without their addresses", run_schedule_ical_list);
  CLI::App* remove =
      build.command(*ical, "remove", "The address is no more", run_schedule_ical_remove);
  remove->add_option("id", build.flags().id, "Of the link, icl_...")->required();
}

}  // namespace

void add_schedule_commands(CLI::App& app, Action& action) {
  const auto flags = std::make_shared<ScheduleFlags>();
  Builder build(flags, action);
  build.command(app, "oncall", "Who is on call now",
                [](const ScheduleFlags& f) { return run_oncall(f.server); });

  CLI::App* schedule = app.add_subcommand("schedule", "Whose turn it is, and what changes it");
  schedule->require_subcommand(1);
  build.command(*schedule, "list", "Schedules and who is on call", run_schedule_list);
  CLI::App* show = build.command(
      *schedule, "show", "One schedule: who and why, layers, overrides, swaps", run_schedule_show);
  build.add_schedule(*show);
  CLI::App* preview =
      build.command(*schedule, "preview", "The turns to come", run_schedule_preview);
  build.add_schedule(*preview);
  preview->add_option("--from", flags->from, "From when: 2026-01-31T12:00:00Z; now if left out");
  preview->add_option("--until", flags->until, "Until when; 28 days later if left out");
  CLI::App* gaps = build.command(
      *schedule, "gaps", "What would hurt in the next 14 days: gaps, people whom nothing reaches",
      run_schedule_gaps);
  gaps->add_option("name", flags->name, "One schedule; all when left out");
  CLI::App* take = build.command(
      *schedule, "take", "Take the pager now, until the turn ends or as told", run_schedule_take);
  build.add_schedule(*take);
  take->add_option("--person", flags->person, "Who; the caller when left out");
  take->add_option("--until", flags->until, "Until when: 2026-01-31T12:00:00Z");
  take->add_option("--for", flags->lasts, "How long, instead of --until: 2h");
  CLI::App* note = build.command(
      *schedule, "note", "What whoever goes off call leaves for who comes: shown, or written",
      run_schedule_note);
  build.add_schedule(*note);
  note->add_option("--text", flags->text,
                   "Write it, until the next hand-off; - reads it from the standard input, an "
                   "empty text removes it");
  note->add_flag("--draft", flags->draft,
                 "Print what it may begin with: what happened in the turn");
  add_override(*schedule, build);
  add_plan(*schedule, build);
  add_away(*schedule, build);
  add_swap(*schedule, build);
  add_calendars(*schedule, build);
}

}  // namespace tocsin::cli
