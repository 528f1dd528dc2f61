#include <pthread.h>

#include <csignal>

#include "cli/commands.h"
#include "cli/print.h"
#include "server/app.h"

namespace tocsin::cli {

Result<> run_serve(const std::string& config_file) {
  // Every thread made from here on leaves these signals to the wait below.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  codec::Problems problems;
  server::Config config = server::load_config(config_file, problems);
  RETURN_IF_ERROR(problems.as_result());
  const SystemClock clock;
  SystemRng rng;
  Log log(clock, config.log_level, config.log_format);
  ASSIGN_OR_RETURN(const auto app, server::App::start(std::move(config), clock, rng, log));
  while (true) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != SIGHUP) break;
    if (const auto reloaded = app->reload(store::system_actor("sighup")); !reloaded) {
      log.warn("the catalog was not reloaded; the one in use stays", {{"error", reloaded.error()}});
    }
  }
  return app->stop();
}

}  // namespace tocsin::cli
