#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "cli/alertmanager_command.h"
#include "cli/commands.h"
#include "cli/import_command.h"
#include "cli/policy_command.h"
#include "cli/print.h"
#include "cli/schedule_command.h"
#include "cli/server_flags.h"
#include "cli/silence_command.h"
#include "server/version.h"

namespace tocsin::cli {
namespace {

// What the chosen command will do; set by CLI11's callbacks, run once after parsing.
using Action = std::function<Result<>()>;

struct Values {
  ServerFlags server;
  std::string config, id, name, state = "firing", role = "responder", person, fault, contact, file;
  int wait_seconds = 20;
  bool all = false, json = false;
  demo::DemoOptions demo;
  AlertmanagerFlags alertmanager;
  std::vector<std::string> labels;
  std::string snooze_for;
  HistoryFlags history;
  DeadLetterFilter letters;
  std::string last;
  int64_t incident = 0;
};

CLI::Option* add_alertmanager_flags(CLI::App& command, AlertmanagerFlags& flags) {
  CLI::Option* file = command.add_option("--alertmanager", flags.file, "An alertmanager.yml");
  command
      .add_option("--matchers", flags.matchers,
                  "How its matchers are read: as Alertmanager does by default (fallback), before "
                  "0.27 (classic), or in UTF-8 strict mode (utf8)")
      ->check(CLI::IsMember({"fallback", "classic", "utf8"}))
      ->capture_default_str();
  return file;
}

void add_routes_commands(CLI::App& app, Values& v, Action& action) {
  CLI::App* routes =
      app.add_subcommand("routes", "Where the routes of an alertmanager.yml send alerts");
  routes->require_subcommand(1);
  CLI::App* show = routes->add_subcommand(
      "show", "Print the routing tree: each route's matchers, its receiver and what it sets");
  add_alertmanager_flags(*show, v.alertmanager)->required();
  show->callback([&] { action = [&] { return run_routes_show(v.alertmanager); }; });
  CLI::App* test = routes->add_subcommand(
      "test", "Print which routes take an alert with these labels, its groups and who is told");
  add_alertmanager_flags(*test, v.alertmanager)->required();
  test->add_option("label", v.labels, "The alert's labels: alertname=HighLatency severity=page");
  test->footer(
      "The routes that take it have a * in front, the others say which matcher does not match. "
      "The\n"
      "last line names the receivers in their order.\n"
      "Example: tocsin routes test --alertmanager alertmanager.yml severity=page team=db");
  test->callback([&] { action = [&] { return run_routes_test(v.alertmanager, v.labels); }; });
}

void add_door_commands(CLI::App& app, Values& v, Action& action) {
  CLI::App* door = app.add_subcommand("door", "The doors by which alerts of others come in");
  door->require_subcommand(1);
  CLI::App* attempt = door->add_subcommand(
      "try", "Print the alerts that a body would become; nothing is posted, no server is asked");
  attempt
      ->add_option("name", v.name,
                   "A door of the catalog, or pagerduty, opsgenie, grafana, "
                   "alertmanager")
      ->required();
  attempt->add_option("file", v.file, "The body")->required();
  attempt->add_option("--config", v.config, "The configuration file, which names the catalog");
  attempt->callback([&] { action = [&] { return run_door_try(v.config, v.name, v.file); }; });
}

void add_server_commands(CLI::App& app, Values& v, Action& action) {
  CLI::App* serve =
      app.add_subcommand("serve", "Run the server until SIGTERM; SIGHUP reads the catalog again");
  serve->add_option("--config", v.config, "The configuration file; every field has a default");
  serve->callback([&] { action = [&] { return run_serve(v.config); }; });

  CLI::App* check = app.add_subcommand(
      "check", "Check the configuration and every catalog file, or an alertmanager.yml");
  check->add_option("--config", v.config, "The configuration file");
  add_alertmanager_flags(*check, v.alertmanager);
  check->callback([&] { action = [&] { return run_check(v.config, v.alertmanager); }; });

  add_routes_commands(app, v, action);
  add_door_commands(app, v, action);

  app.add_subcommand("version", "Print the version")->callback([&] {
    action = []() -> Result<> {
      print(fmt::format("tocsin {}\n", server::kVersion));
      return {};
    };
  });
}

void add_api_commands(CLI::App& app, Values& v, Action& action) {
  const auto command = [&](const char* name, const char* help) {
    CLI::App* sub = app.add_subcommand(name, help);
    add_server_flags(*sub, v.server);
    return sub;
  };
  command("status", "The server in one glance")->callback([&] {
    action = [&] { return run_status(v.server); };
  });
  CLI::App* alerts = command("alerts", "Alerts, the firing ones by default");
  alerts->add_option("--state", v.state, "firing, resolved or all")
      ->check(CLI::IsMember({"firing", "resolved", "all"}))
      ->capture_default_str();
  alerts->callback([&] {
    if (!action) action = [&] { return run_alerts(v.server, v.state); };
  });
  CLI::App* alert_show =
      alerts->add_subcommand("show", "One alert, and the posted alerts that it is made of");
  alert_show->add_option("id", v.id, "Id of the alert, alr_...")->required();
  alert_show->callback([&] { action = [&] { return run_alert(v.server, v.id); }; });
  CLI::App* split = alerts->add_subcommand(
      "split", "A posted alert is another problem: until it ends it is an alert by itself");
  split->add_option("id", v.id, "Id of the alert, alr_...")->required();
  split->add_option("fingerprint", v.name, "Of the posted alert, as `show` prints it")->required();
  split->callback([&] { action = [&] { return run_alert_split(v.server, v.id, v.name); }; });

  CLI::App* incidents = command("incidents", "Open incidents, or one with its timeline");
  incidents->add_option("id", v.id, "Number or id of one incident");
  incidents->add_flag("--all", v.all, "Also those that are over");
  incidents->callback([&] {
    action = [&] {
      return v.id.empty() ? run_incidents(v.server, v.all) : run_incident(v.server, v.id);
    };
  });
  CLI::App* ack = command("ack", "Acknowledge an incident: I have it, nobody else is rung");
  ack->add_option("id", v.id, "Number or id of the incident")->required();
  ack->callback([&] { action = [&] { return run_ack(v.server, v.id); }; });
  CLI::App* escalate =
      command("escalate", "Ring the next people of an incident now, also if somebody has it");
  escalate->add_option("id", v.id, "Number or id of the incident")->required();
  escalate->callback([&] { action = [&] { return run_escalate(v.server, v.id); }; });
  CLI::App* channel =
      command("channel", "Open a channel in Slack for an incident, or show its link");
  channel->add_option("id", v.id, "Number or id of the incident")->required();
  channel->callback([&] { action = [&] { return run_channel(v.server, v.id); }; });
  CLI::App* snooze = command("snooze", "Take an incident for a time; then it rings again");
  snooze->add_option("id", v.id, "Number or id of the incident")->required();
  snooze->add_option("--for", v.snooze_for, "How long: 30m, 2h (1m to 24h)")->required();
  snooze->callback([&] { action = [&] { return run_snooze(v.server, v.id, v.snooze_for); }; });

  CLI::App* slo = command("slo", "Objectives with their error budgets, or one with its tiers");
  slo->add_option("name", v.name, "Name of one objective");
  slo->callback([&] { action = [&] { return run_slo(v.server, v.name); }; });

  command("heartbeats", "Who is expected to call in, and who is overdue")->callback([&] {
    action = [&] { return run_heartbeats(v.server); };
  });

  command("reload", "Read the catalog's files again, all or nothing")->callback([&] {
    action = [&] { return run_reload(v.server); };
  });
}

void add_history_command(CLI::App& app, Values& v, Action& action) {
  CLI::App* history = app.add_subcommand(
      "history", "What happened to posted alerts: transitions, notifications, suppressions");
  add_server_flags(*history, v.server);
  history->add_option(
      "what", v.history.what,
      "One alert's fingerprint, or matchers: alertname=HighLatency 'job=~\"shop.*\"'");
  history->add_option("--kind", v.history.kinds,
                      "Only entries of this kind, such as notification.failed, or of this family: "
                      "posted_alert, notification, silence");
  history->add_option("--receiver", v.history.receiver, "Only what was told, or not, to it");
  history->add_option("--text", v.history.text, "Only what has this text in it");
  history->add_option("--since", v.history.since, "Only the last while: 30m, 24h, 7d");
  history->add_option("--from", v.history.from, "Only from this time on: 2026-01-31T08:00:00Z");
  history->add_option("--to", v.history.to, "Only before this time");
  history->add_option("--limit", v.history.limit, "How many entries")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  history->footer(
      "The newest first. Without options, an alert that is named by its fingerprint, or by "
      "matchers\n"
      "that no other alert has, is shown with its whole story.");
  history->callback([&] { action = [&] { return run_history(v.server, v.history); }; });
}

void add_access_commands(CLI::App& app, Values& v, Action& action) {
  CLI::App* token = app.add_subcommand("token", "API tokens");
  token->require_subcommand(1);
  CLI::App* create = token->add_subcommand("create", "Make a token; its secret is printed once");
  add_server_flags(*create, v.server);
  create->add_option("name", v.name, "What it is for")->required();
  create->add_option("--role", v.role, "responder or admin")
      ->check(CLI::IsMember({"responder", "admin"}))
      ->capture_default_str();
  create->callback([&] { action = [&] { return run_token_create(v.server, v.name, v.role); }; });
  CLI::App* list = token->add_subcommand("list", "Tokens, without their secrets");
  add_server_flags(*list, v.server);
  list->callback([&] { action = [&] { return run_token_list(v.server); }; });

  CLI::App* user = app.add_subcommand("user", "People who may sign in");
  user->require_subcommand(1);
  CLI::App* add = user->add_subcommand("add", "Add a user; the password is made and printed once");
  add_server_flags(*add, v.server);
  add->add_option("name", v.name, "Name to sign in with")->required();
  add->add_option("--role", v.role, "responder or admin")
      ->check(CLI::IsMember({"responder", "admin"}))
      ->capture_default_str();
  add->add_option("--person", v.person, "The catalog's person that this user is");
  add->callback([&] { action = [&] { return run_user_add(v.server, v.name, v.role, v.person); }; });
  CLI::App* password = user->add_subcommand(
      "password", "Make a new password for a user, print it once and end their sessions");
  add_server_flags(*password, v.server);
  password->add_option("name", v.name, "Whose")->required();
  password->callback([&] { action = [&] { return run_user_password(v.server, v.name); }; });
  CLI::App* remove = user->add_subcommand(
      "remove", "Remove a user; their sessions end and the tokens that they made are revoked");
  add_server_flags(*remove, v.server);
  remove->add_option("name", v.name, "Whom")->required();
  remove->callback([&] { action = [&] { return run_user_remove(v.server, v.name); }; });
}

void add_letter_commands(CLI::App& notify, Values& v, Action& action) {
  CLI::App* preview = notify.add_subcommand(
      "preview", "Show what each contact of a person would get; nothing is sent");
  add_server_flags(*preview, v.server);
  preview->add_option("person", v.person, "Whom; as the catalog names them")->required();
  preview->add_option("--contact", v.contact,
                      "a contact's name, its channel or its place from 1 on; else every contact");
  preview->add_option("--incident", v.incident, "What this incident tells; else a sample")
      ->check(CLI::PositiveNumber);
  preview->callback([&] {
    action = [&] { return run_notify_preview(v.server, v.person, v.contact, v.incident); };
  });

  CLI::App* dead = notify.add_subcommand(
      "dead", "Messages that were given up within 30 days and that nobody has sent again");
  add_server_flags(*dead, v.server);
  dead->add_option("--channel", v.letters.channel, "webhook, mail, sms, ...");
  dead->add_option("--person", v.letters.person, "Of this person alone");
  dead->add_option("--last", v.last, "Given up within this time: 2h, 1d");
  dead->add_flag("--all", v.letters.with_retried, "Those that were sent again, too");
  dead->callback([&] {
    action = [&]() -> Result<> {
      if (!v.last.empty()) {
        ASSIGN_OR_RETURN(v.letters.last, parse_duration(v.last));
      }
      return run_notify_dead(v.server, v.letters);
    };
  });

  CLI::App* retry = notify.add_subcommand(
      "retry", "Send what was given up again, to the contact as the catalog has it now");
  add_server_flags(*retry, v.server);
  CLI::Option* which = retry->add_option("delivery", v.id, "Which, as `notify dead` lists it");
  CLI::Option* all = retry->add_flag("--all", v.all, "All that nobody has sent again");
  which->excludes(all);
  retry->callback([&, which, all] {
    if (which->count() + all->count() == 0) {
      throw CLI::RequiredError("a delivery or --all");
    }
    action = [&] { return run_notify_retry(v.server, v.all ? "" : v.id); };
  });
}

void add_notify_commands(CLI::App& app, Values& v, Action& action) {
  CLI::App* notify = app.add_subcommand("notify", "How messages reach people");
  notify->require_subcommand(1);
  CLI::App* test = notify->add_subcommand(
      "test", "Send a person a message that says that it is a test, and see whether it arrives");
  add_server_flags(*test, v.server);
  test->add_option("person", v.person, "Whom; as the catalog names them")->required();
  test->add_option("--contact", v.contact,
                   "a contact's name, its channel or its place from 1 on; else every contact");
  test->add_option("--wait", v.wait_seconds, "How long to wait for the providers, in seconds")
      ->check(CLI::Range(0, 600))
      ->capture_default_str();
  test->callback([&] {
    action = [&] {
      return run_notify_test(v.server, v.person, v.contact, seconds(v.wait_seconds));
    };
  });
  add_letter_commands(*notify, v, action);
}

void add_contact_commands(CLI::App& app, Values& v, Action& action) {
  CLI::App* contact = app.add_subcommand(
      "contact", "Whether the ways to reach people were shown to work, and showing it by a code");
  contact->require_subcommand(1);
  const auto command = [&](const char* name, const char* help, bool is_list) {
    CLI::App* sub = contact->add_subcommand(name, help);
    add_server_flags(*sub, v.server);
    CLI::Option* person = sub->add_option("person", v.person, "Whose; as the catalog names them");
    if (is_list) return sub;
    person->required();
    sub->add_option("contact", v.contact, "The contact's name, or its place from 1 on")->required();
    return sub;
  };
  command("list", "Contacts and when each was verified; everybody's without a person", true)
      ->callback([&] { action = [&] { return run_contact_list(v.server, v.person); }; });
  CLI::App* verify = command("verify", "Send a code of six digits to a contact", false);
  verify->add_option("--wait", v.wait_seconds, "How long to wait for the provider, in seconds")
      ->check(CLI::Range(0, 600))
      ->capture_default_str();
  verify->callback([&] {
    action = [&] {
      return run_contact_verify(v.server, v.person, v.contact, seconds(v.wait_seconds));
    };
  });
  CLI::App* confirm = command("confirm", "Give the code back: the contact is verified", false);
  confirm->add_option("code", v.id, "The six digits")->required();
  confirm->callback(
      [&] { action = [&] { return run_contact_confirm(v.server, v.person, v.contact, v.id); }; });
}

void add_demo_commands(CLI::App& app, Values& v, Action& action) {
  // By environment too, so that script/server and the commands beside it agree without flags.
  const auto port = [](CLI::App& command, const char* flag, const char* variable, int& value) {
    command.add_option(flag, value)->envname(variable)->capture_default_str();
  };
  CLI::App* demo = app.add_subcommand("demo", "A small shop with real services, to try Tocsin out");
  demo->require_subcommand(1);
  CLI::App* run = demo->add_subcommand("run", "Open the shop and catch what people would receive");
  port(*run, "--front-port", "TOCSIN_DEMO_FRONT_PORT", v.demo.ports.front);
  port(*run, "--checkout-port", "TOCSIN_DEMO_CHECKOUT_PORT", v.demo.ports.checkout);
  port(*run, "--payment-port", "TOCSIN_DEMO_PAYMENT_PORT", v.demo.ports.payment);
  port(*run, "--inventory-port", "TOCSIN_DEMO_INVENTORY_PORT", v.demo.ports.inventory);
  port(*run, "--catcher-port", "TOCSIN_DEMO_CATCHER_PORT", v.demo.catcher_port);
  port(*run, "--smtp-port", "TOCSIN_DEMO_SMTP_PORT", v.demo.smtp_port);
  run->add_option("--visitors", v.demo.visitors_per_second, "Visitors a second at the busiest hour")
      ->check(CLI::Range(0.1, 1000.0))
      ->capture_default_str();
  run->callback([&] { action = [&] { return run_demo_shop(v.demo); }; });

  const auto talking = [&](const char* name, const char* help) {
    CLI::App* sub = demo->add_subcommand(name, help);
    port(*sub, "--catcher-port", "TOCSIN_DEMO_CATCHER_PORT", v.demo.catcher_port);
    return sub;
  };
  CLI::App* break_it = talking("break", "Switch a fault on");
  break_it->add_option("fault", v.fault, "checkout-pool, payment-slow, deploy-bad or total-outage")
      ->required();
  break_it->callback(
      [&] { action = [&] { return run_demo_break(v.demo.catcher_port, v.fault); }; });
  talking("heal", "Switch all faults off")->callback([&] {
    action = [&] { return run_demo_heal(v.demo.catcher_port); };
  });
  CLI::App* messages = talking("messages", "What people would have received");
  messages->add_flag("--json", v.json, "Print as JSON");
  messages->callback(
      [&] { action = [&] { return run_demo_messages(v.demo.catcher_port, v.json); }; });
}

int run(int argc, char** argv) {
  CLI::App app("Tocsin: incident operations in one binary.", "tocsin");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every command");
  app.footer(
      "Exit codes: 0 done, 2 bad input, 3 not found, 4 not allowed, 5 try again later, 6 refused "
      "as things stand, 1 anything else.");
  Values values;
  Action action;
  add_server_commands(app, values, action);
  add_api_commands(app, values, action);
  add_history_command(app, values, action);
  add_access_commands(app, values, action);
  add_posted_command(app, action);
  add_silence_command(app, action);
  add_schedule_commands(app, action);
  add_policy_commands(app, action);
  add_alertmanager_command(app, action);
  add_import_command(app, action);
  add_notify_commands(app, values, action);
  add_contact_commands(app, values, action);
  add_demo_commands(app, values, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_code(Code::kInvalidArgument);
  }
  const Result<> result = action();
  std::fflush(stdout);
  if (result) return 0;
  fmt::print(stderr, "error: {}\n", result.error().message);
  return exit_code(result.error().code);
}

}  // namespace
}  // namespace tocsin::cli

int main(int argc, char** argv) {
  try {
    return tocsin::cli::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: this is a bug of Tocsin: %s\n", error.what());
    return 70;
  }
}
