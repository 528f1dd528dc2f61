#include "server/alertmanager_app.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>

#include "alert/go_paths.h"
#include "net/listener.h"
#include "net/server.h"
#include "net/web_config.h"
#include "server/version.h"
#include "store/lease.h"
#include "store/migration.h"

namespace tocsin::server {
namespace {

// The path of a URL without a slash at the end: "http://a.b/am/" gives "/am".
std::string path_of(const std::string& url) {
  const size_t host = url.find("://");
  const size_t path = url.find('/', host == std::string::npos ? 0 : host + 3);
  return path == std::string::npos ? "" : url.substr(path);
}
std::string without_final_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

constexpr std::string_view kPage = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tocsin in Alertmanager's place</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 40rem; padding: 0 1rem; color-scheme: light dark }}</style>
<h1>Tocsin in Alertmanager's place</h1>
<p>Version {0}, standing in for Alertmanager {1}. This process has no screens of its own: use amtool, Karma or Grafana.</p>
<ul><li><a href="{2}/api/v2/alerts">Alerts</a><li><a href="{2}/api/v2/alerts/groups">Groups</a>
<li><a href="{2}/api/v2/silences">Silences</a><li><a href="{2}/api/v2/status">Status</a><li><a href="{2}/metrics">Metrics</a></ul>
)";

class Process final : public AlertmanagerApp {
 public:
  Process(AlertmanagerOptions options, const Clock& clock, Rng& rng, Log& log)
      : options_(std::move(options)), clock_(clock), rng_(rng), log_(log) {}
  ~Process() override { end(); }

  Result<> open();
  Result<> reload() override {
    std::scoped_lock lock(reload_mutex_);
    if (!gate_) return alerting_->reload();
    ASSIGN_OR_RETURN(net::WebConfig web, gate_->read());
    RETURN_IF_ERROR(alerting_->reload());
    gate_->use(std::move(web));
    return {};
  }
  Result<> stop() override {
    end();
    std::scoped_lock lock(lost_mutex_);
    if (lost_) return fail(*lost_);
    return {};
  }

 private:
  Result<> bind();
  Result<> open_store();
  Result<> serve();
  void add_routes();
  void lose(const Error& why);
  void end();

  const AlertmanagerOptions options_;
  const Clock& clock_;
  Rng& rng_;
  Log& log_;
  std::string external_url_, prefix_;
  std::mutex reload_mutex_, lost_mutex_;
  std::optional<Error> lost_;
  bool is_ended_ = false;
  std::optional<net::TlsFiles> tls_;
  std::unique_ptr<net::WebGate> gate_;  // none: everybody may come in

  // In the order of making; ended in reverse.
  Metrics metrics_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Lease> lease_;
  std::unique_ptr<net::Client> client_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<Alerting> alerting_;
  net::Router router_;
  std::vector<std::unique_ptr<net::Server>> servers_;
};

Result<> Process::bind() {
  // A base URL with a slash at its end is common: then the path begins with two.
  router_.wrap([](const net::Request& request, const net::Handler& handler) {
    auto elsewhere = alert::moved_to_clean_path(request);
    return elsewhere ? *std::move(elsewhere) : handler(request);
  });
  if (!options_.web_config.empty()) {
    ASSIGN_OR_RETURN(net::WebConfig config, net::load_web_config(options_.web_config));
    tls_ = config.tls;
    gate_ = std::make_unique<net::WebGate>(options_.web_config, std::move(config), rng_);
    router_.wrap([gate = gate_.get()](const net::Request& request, const net::Handler& handler) {
      return gate->pass(request, handler);
    });
  }
  for (const std::string& listen : options_.listen) {
    ASSIGN_OR_RETURN(auto listener, net::Listener::bind(listen, &log_));
    listeners_.push_back(std::move(listener));
  }
  external_url_ =
      without_final_slash(options_.external_url.empty()
                              ? (tls_ ? "https://" : "http://") + listeners_.front()->address()
                              : options_.external_url);
  prefix_ = options_.route_prefix.empty() ? path_of(external_url_) : options_.route_prefix;
  prefix_ = without_final_slash(prefix_);
  if (!prefix_.empty() && !prefix_.starts_with('/')) prefix_.insert(0, "/");
  return {};
}

Result<> Process::open_store() {
  const std::filesystem::path folder(options_.storage_path);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(Code::kFailedPrecondition,
                fmt::format("the storage folder {} cannot be made: {}; name another with "
                            "--storage.path",
                            folder.string(), error.message()));
  }
  ASSIGN_OR_RETURN(database_, store::Database::open("sqlite:" + (folder / "tocsin.db").string()));
  ASSIGN_OR_RETURN(const auto session, database_->connect());
  ASSIGN_OR_RETURN(const int migrations, store::migrate(*session));
  log_.info("the database is open",
            {{"database", database_->describe()}, {"migrations", migrations}});
  ASSIGN_OR_RETURN(lease_, store::Lease::acquire(*database_, "tocsin alertmanager", clock_.now()));
  ASSIGN_OR_RETURN(engine_,
                   engine::Engine::open(*database_, *lease_, clock_, rng_, log_, metrics_));
  engine_->on_lost([this](const Error& why) { lose(why); });
  return {};
}

// The writer may not write any more: the process ends, and main says why.
void Process::lose(const Error& why) {
  {
    std::scoped_lock lock(lost_mutex_);
    lost_ = why;
  }
  ::kill(::getpid(), SIGTERM);
}

void Process::add_routes() {
  using net::Request;
  using net::Response;
  const Alerting::Authorize whoever = [](const Request& request, bool) -> Result<store::Actor> {
    return store::Actor{"address", request.peer.substr(0, request.peer.rfind(':'))};
  };
  alerting_->add_routes(router_, whoever, prefix_);
  alerting_->add_reading_routes(router_, whoever, prefix_, nullptr);
  const auto ok = [](const Request&) { return Response::text(200, "OK"); };
  router_.add("GET", prefix_ + "/-/healthy", ok);
  router_.add("GET", prefix_ + "/-/ready", ok);
  router_.add("POST", prefix_ + "/-/reload", [this](const Request&) {
    if (const auto done = reload(); !done) {
      return Response::text(500,
                            fmt::format("failed to reload config: {}\n", done.error().message));
    }
    Response response = Response::empty(200);
    response.headers.remove("Content-Type");
    return response;
  });
  router_.add("GET", prefix_ + "/metrics", [this](const Request&) {
    Response response = Response::text(200, metrics_.to_text());
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    return response;
  });
  // The older API, gone since 0.27.
  const auto gone = [](const Request&) {
    Response response = Response::text(
        410,
        R"({"status":"deprecated","error":"The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of version 0.27.0 - please use the equivalent route in the v2 API"})"
        "\n");
    response.headers.set("Content-Type", "application/json");
    return response;
  };
  for (const char* method : {"GET", "POST", "PUT", "DELETE"}) {
    router_.add(method, prefix_ + "/api/v1/{rest...}", gone);
  }
  const auto page = [this](const Request&) {
    return Response::html(200, fmt::format(kPage, kVersion, alert::kStandsInFor, prefix_));
  };
  router_.add("GET", prefix_ + "/", page);
  if (prefix_.empty()) return;
  router_.add("GET", "/", [this](const Request&) {
    Response response = Response::empty(302);
    response.headers.set("Location", prefix_ + "/");
    return response;
  });
}

Result<> Process::serve() {
  for (auto& listener : listeners_) {
    net::ServerOptions options;
    options.listen = listener->address();
    options.tls = tls_;
    log_.info("Listening on", {{"address", listener->address()}});
    ASSIGN_OR_RETURN(auto server, net::Server::start(router_, std::move(listener), options, clock_,
                                                     rng_, log_, metrics_));
    servers_.push_back(std::move(server));
  }
  return {};
}

Result<> Process::open() {
  RETURN_IF_ERROR(bind());
  RETURN_IF_ERROR(open_store());
  client_ = net::Client::start(metrics_);
  Alerting::Options alerting = options_.alerting;
  alerting.file = options_.config_file;
  alerting.external_url = external_url_;
  ASSIGN_OR_RETURN(alerting_,
                   Alerting::open({*engine_, *database_, *client_, clock_, rng_, log_, metrics_},
                                  std::move(alerting)));
  add_routes();
  engine_->start();
  alerting_->start();
  return serve();
}

void Process::end() {
  if (is_ended_) return;
  is_ended_ = true;
  const auto step = [this](std::string_view name, const std::function<void()>& action) {
    const Duration begun = clock_.monotonic();
    action();
    log_.info("stopped", {{"part", name}, {"took", clock_.monotonic() - begun}});
  };
  for (auto& server : servers_) step("http", [&] { server->stop(seconds(5)); });
  if (alerting_) step("dispatcher", [&] { alerting_->stop(seconds(5)); });
  if (engine_) step("engine", [&] { engine_->stop(seconds(5)); });
  if (client_) step("client", [&] { client_.reset(); });
}

}  // namespace

Result<std::unique_ptr<AlertmanagerApp>> AlertmanagerApp::start(AlertmanagerOptions options,
                                                                const Clock& clock, Rng& rng,
                                                                Log& log) {
  auto process = std::make_unique<Process>(std::move(options), clock, rng, log);
  RETURN_IF_ERROR(process->open());
  return process;
}

}  // namespace tocsin::server
