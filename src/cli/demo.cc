#include <csignal>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

std::atomic<bool> g_stop = false;  // written by the signal handler, which may do nothing else

Result<codec::Json> ask_demo(int port, const std::string& method, const std::string& path) {
  Metrics metrics;
  const auto client = net::Client::start(metrics);
  net::HttpCall call;
  call.method = method;
  call.url = fmt::format("http://127.0.0.1:{}{}", port, path);
  auto answer = client->call_and_wait(std::move(call));
  if (!answer)
    return fail(
        std::move(answer).error().in("the demo does not answer; start it with 'tocsin demo run'"));
  if (answer->status == 400)
    return invalid(show(field_of(*codec::read_own_json(answer->body), "error"), "message"));
  if (answer->status / 100 != 2)
    return fail(Code::kUnknown, fmt::format("the demo answered {}", answer->status));
  return answer->body.empty() ? codec::Json(nullptr) : codec::read_own_json(answer->body);
}

}  // namespace

Result<> run_demo_shop(const demo::DemoOptions& options) {
  std::signal(SIGINT, [](int) { g_stop = true; });
  std::signal(SIGTERM, [](int) { g_stop = true; });
  const SystemClock clock;
  SystemRng rng;
  Log log(clock, LogLevel::kWarn, LogFormat::kLogfmt);
  return demo::run_demo(options, clock, rng, log, [] { return g_stop.load(); });
}

Result<> run_demo_break(int catcher_port, const std::string& fault) {
  RETURN_IF_ERROR(demo::parse_fault(fault));
  RETURN_IF_ERROR(ask_demo(catcher_port, "POST", "/break/" + fault));
  for (const demo::FaultInfo& info : demo::kFaults) {
    if (info.name == fault)
      print(fmt::format("Broken: {}. Mend it with 'tocsin demo heal'.\n", info.says));
  }
  return {};
}

Result<> run_demo_heal(int catcher_port) {
  RETURN_IF_ERROR(ask_demo(catcher_port, "POST", "/heal"));
  print("All faults are off.\n");
  return {};
}

Result<> run_demo_messages(int catcher_port, bool json) {
  ASSIGN_OR_RETURN(const codec::Json answer, ask_demo(catcher_port, "GET", "/messages"));
  if (json) {
    print_json(answer);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& message : list_of(answer, "messages")) {
    rows.push_back({show(message, "at"), show(message, "channel"), show(message, "to"),
                    show(message, "title"), show(message, "link")});
  }
  print(rows.empty() ? "Nobody received anything yet.\n"
                     : print_table({"TIME", "BY", "TO", "TITLE", "LINK"}, rows));
  return {};
}

}  // namespace tocsin::cli
