#include "server/app.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "access/access.h"
#include "access/access_api.h"
#include "alert/alert_api.h"
#include "alert/alert_desk.h"
#include "alert/problem_api.h"
#include "catalog/catalog_json.h"
#include "engine/engine.h"
#include "incident/answer_page.h"
#include "incident/incident_api.h"
#include "incident/incident_desk.h"
#include "incident/incident_store.h"
#include "incident/incident_text.h"
#include "incident/logbook_stream.h"
#include "incident/page_answers.h"
#include "net/listener.h"
#include "notify/channels.h"
#include "notify/contact_api.h"
#include "notify/dead_letter_api.h"
#include "notify/hooks.h"
#include "notify/notify_api.h"
#include "notify/push_api.h"
#include "notify/slack_api.h"
#include "oncall/escalation_store.h"
#include "oncall/on_call_api.h"
#include "oncall/policy_api.h"
#include "oncall/schedule_notices.h"
#include "oncall/user_groups.h"
#include "server/alerting.h"
#include "server/assets.h"
#include "server/canary_objective.h"
#include "server/declared.h"
#include "server/doors.h"
#include "server/private_file.h"
#include "server/self_watch.h"
#include "server/status_api.h"
#include "server/ticker.h"
#include "server/version.h"
#include "slo/slo_api.h"
#include "store/migration.h"
#include "telemetry/sources.h"
#include "telemetry/telemetry.h"
#include "telemetry/telemetry_api.h"

namespace tocsin::server {
namespace {

constexpr Duration kCanaryFeed = seconds(15);

// What links begin with when the configuration does not say.
std::string url_of(const Config& config, const std::string& address) {
  return fmt::format("{}://{}", config.http.tls ? "https" : "http", address);
}

// Where this process reaches itself when it listens everywhere.
std::string own_address(const std::string& address) {
  if (address.starts_with("0.0.0.0:")) return "127.0.0.1" + address.substr(address.rfind(':'));
  if (address.starts_with("[::]:")) return "[::1]" + address.substr(address.rfind(':'));
  return address;
}

// What somebody who begins to be on call should know of.
Result<std::vector<std::string>> open_incidents(store::Session& sql, const catalog::TeamId& team) {
  constexpr int kMost = 200;
  ASSIGN_OR_RETURN(const auto open, incident::incidents_of_team(sql, team, incident::Which::kOpen,
                                                                Time::max(), kMost));
  std::vector<std::string> out;
  for (const incident::Incident& one : open) {
    out.push_back(fmt::format("#{} SEV-{} {}", one.number, one.severity, one.title));
  }
  return out;
}

// What the note of whoever goes off call begins with.
Result<std::vector<std::string>> incidents_of_turn(store::Session& sql, const catalog::TeamId& team,
                                                   const oncall::Interval& turn) {
  constexpr int kMost = 500;
  ASSIGN_OR_RETURN(const auto all,
                   incident::incidents_of_team(sql, team, incident::Which::kAll, turn.end, kMost));
  std::vector<std::string> out;
  for (const incident::Incident& one : all) {
    if (incident::was_open_in(one, turn.begin, turn.end)) out.push_back(incident::turn_line(one));
  }
  return out;
}

Result<std::optional<notify::Message>> message_of_incident(store::Session& sql, int64_t number) {
  ASSIGN_OR_RETURN(const auto incident, incident::read_incident_by_number(sql, number));
  if (!incident) return std::nullopt;
  ASSIGN_OR_RETURN(const auto escalation, oncall::read_escalation(sql, incident->id));
  if (!escalation) return std::nullopt;
  notify::Message message = escalation->message;
  message.is_page = true;
  message.incident_id = escalation->incident;
  return message;
}

class Server final : public App {
 public:
  Server(Config config, const Clock& clock, Rng& rng, Log& log)
      : config_(std::move(config)), clock_(clock), rng_(rng), log_(log), started_(clock.now()) {}
  ~Server() override { stop_everything(); }

  Result<> open();
  Result<> reload(const store::Actor& by) override;
  void request_stop(Error why) override;
  Result<> stop() override;

 private:
  Result<> open_store();
  Result<> open_people();
  Result<> open_measuring();
  Result<> open_alerting();
  alert::PostedApiParts::Owner owner_of(const routing::Labels& labels) const;
  Result<> use(Declared declared, const store::Actor& by);
  Result<> first_sign_in();
  void add_routes();
  void add_channel_routes();
  oncall::IsReached is_reached() const;
  notify::ContactPreview preview(const notify::Delivery& delivery) const;
  void start_threads();
  void stop_deliveries();
  void stop_everything();
  void step(std::string_view name, const std::function<void()>& action);

  const Config config_;
  const Clock& clock_;
  Rng& rng_;
  Log& log_;
  const Time started_;
  std::mutex reload_mutex_;
  std::mutex stop_mutex_;
  std::optional<Error> why_stopped_;
  std::atomic<bool> ready_ = false;
  bool is_stopped_ = false;
  std::string external_url_;

  // In the order of making; ended in reverse.
  Metrics metrics_;
  std::unique_ptr<net::Listener> listener_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Database> telemetry_database_;
  std::unique_ptr<store::Lease> lease_;
  std::unique_ptr<alert::Readers> readers_;
  std::unique_ptr<net::Client> client_;
  std::unique_ptr<notify::ChannelTransport> channels_;
  std::unique_ptr<DrillTransport> transport_;
  std::unique_ptr<notify::SlackApi> slack_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<access::Access> access_;
  std::unique_ptr<notify::PushBook> push_;
  std::unique_ptr<notify::AnswerDesk> answers_;
  std::unique_ptr<notify::Outbox> outbox_;
  std::unique_ptr<notify::AnswerLinks> links_;
  std::unique_ptr<notify::ContactBook> contacts_;
  std::unique_ptr<oncall::ScheduleNotices> schedule_notices_;
  std::unique_ptr<oncall::ScheduleBook> schedules_;
  std::unique_ptr<oncall::UserGroups> user_groups_;
  std::unique_ptr<oncall::Pager> pager_;
  std::unique_ptr<SelfWatch> self_watch_;
  std::unique_ptr<incident::IncidentDesk> incidents_;
  std::unique_ptr<incident::ChannelDesk> incident_channels_;
  std::unique_ptr<incident::PageAnswers> page_answers_;
  std::unique_ptr<alert::AlertDesk> alerts_;
  std::unique_ptr<slo::SloBook> slo_;
  std::unique_ptr<telemetry::Telemetry> telemetry_;
  std::unique_ptr<telemetry::SourceRunner> sources_;
  std::unique_ptr<Alerting> alerting_;
  std::unique_ptr<alert::ProblemDesk> problems_;
  std::unique_ptr<Doors> doors_;
  std::unique_ptr<incident::LogbookTail> tail_;
  CatalogInUse catalog_;
  net::Router router_;
  std::unique_ptr<net::Server> http_;
  Duration feed_canary_at_{0};  // monotonic; of edges_
  std::unique_ptr<Ticker> edges_;
};

Result<> Server::open_store() {
  std::error_code error;
  std::filesystem::create_directories(config_.data, error);
  if (error) {
    return fail(Code::kFailedPrecondition, fmt::format("the data folder {} cannot be made: {}",
                                                       config_.data, error.message()));
  }
  ASSIGN_OR_RETURN(database_, store::Database::open(config_.database));
  ASSIGN_OR_RETURN(const auto session, database_->connect());
  ASSIGN_OR_RETURN(const int migrations, store::migrate(*session));
  log_.info("the database is open",
            {{"database", database_->describe()}, {"migrations", migrations}});
  // The lease is a row, so its table must be there first.
  ASSIGN_OR_RETURN(lease_, store::Lease::acquire(*database_, "tocsin", clock_.now()));
  readers_ = std::make_unique<alert::Readers>(*database_);
  ASSIGN_OR_RETURN(engine_,
                   engine::Engine::open(*database_, *lease_, clock_, rng_, log_, metrics_));
  engine_->on_lost([this](const Error& why) { request_stop(why); });
  return {};
}

// Who may, who is told, whose turn it is.
Result<> Server::open_people() {
  access::AccessOptions access;
  access.external_url = external_url_;
  ASSIGN_OR_RETURN(
      access_, access::Access::open(*engine_, *database_, clock_, rng_, log_, metrics_, access));
  client_ = net::Client::start(metrics_);
  notify::NotifyConfig notify = config_.notify;
  notify.external_url = external_url_;
  ASSIGN_OR_RETURN(push_, notify::PushBook::open(*engine_, rng_, log_));
  channels_ = std::make_unique<notify::ChannelTransport>(*client_, clock_, notify,
                                                         notify::ChannelTimeouts{}, push_.get());
  transport_ = std::make_unique<DrillTransport>(*client_, *channels_);
  slack_ = notify::make_slack_api(channels_->caller());
  answers_ = std::make_unique<notify::AnswerDesk>(
      notify::AnswerDesk::Parts{*engine_, log_, [this] { return catalog_.get(); }});
  outbox_ = notify::Outbox::make(*engine_, *transport_, log_, metrics_);
  ASSIGN_OR_RETURN(links_, notify::AnswerLinks::open(*engine_, external_url_));
  outbox_->link_by(*links_);
  ASSIGN_OR_RETURN(contacts_, notify::ContactBook::open(*engine_, *outbox_));
  schedules_ = oncall::ScheduleBook::make(*engine_, log_, metrics_);
  schedules_->ask_reach(is_reached());
  pager_ = oncall::Pager::make({.engine = *engine_,
                                .outbox = *outbox_,
                                .links = *links_,
                                .log = log_,
                                .metrics = metrics_,
                                .on_call = schedules_.get(),
                                .operators = config_.notify.operators});
  incidents_ = std::make_unique<incident::IncidentDesk>(incident::IncidentDesk::Parts{
      *engine_, *pager_, log_, metrics_, external_url_, config_.recovery});
  incident_channels_ = std::make_unique<incident::ChannelDesk>(incident::ChannelDesk::Parts{
      *engine_, *slack_, *outbox_, *pager_, log_, external_url_, notify.slack.has_value(),
      notify.slack ? notify.slack->incident_channels : notify::IncidentChannels()});
  incidents_->watch(*incident_channels_);
  page_answers_ = std::make_unique<incident::PageAnswers>(*incidents_, *pager_);
  answers_->listen(*page_answers_);
  outbox_->listen_for_answers(*page_answers_);
  self_watch_ = std::make_unique<SelfWatch>(
      SelfWatch::Parts{*engine_, *pager_, *client_, rng_, log_, metrics_,
                       url_of(config_, own_address(listener_->address())), config_.canary});
  self_watch_->listen(*incidents_);
  schedule_notices_ = std::make_unique<oncall::ScheduleNotices>(
      oncall::ScheduleNotices::Parts{*outbox_, log_, external_url_, open_incidents});
  schedules_->listen(*schedule_notices_);
  user_groups_ = std::make_unique<oncall::UserGroups>(
      oncall::UserGroups::Parts{*engine_, *slack_, log_, metrics_});
  schedules_->listen(*user_groups_);
  alerts_ = std::make_unique<alert::AlertDesk>(
      alert::AlertDesk::Parts{*engine_, log_, metrics_, external_url_});
  return {};
}

Result<> Server::open_measuring() {
  const std::string path = (std::filesystem::path(config_.data) / "telemetry.db").string();
  ASSIGN_OR_RETURN(telemetry_database_, store::Database::open("sqlite:" + path));
  ASSIGN_OR_RETURN(telemetry_, telemetry::Telemetry::open(config_.limits, telemetry_database_.get(),
                                                          clock_, rng_, log_, metrics_));
  RETURN_IF_ERROR(telemetry_->load());
  slo_ = std::make_unique<slo::SloBook>(clock_.now(), *alerts_, log_, metrics_);
  sources_ = telemetry::SourceRunner::make(*telemetry_, *client_, clock_, rng_, log_, metrics_);

  codec::Problems problems;
  Declared declared = load_declared(config_, problems);
  RETURN_IF_ERROR(problems.as_result());
  RETURN_IF_ERROR(use(std::move(declared), store::system_actor("server")));
  ASSIGN_OR_RETURN(const auto session, database_->connect_for_reading());
  ASSIGN_OR_RETURN(const auto firing, alert::AlertDesk::restore(*session));
  std::vector<slo::SloBook::Firing> restored;
  for (const alert::FiringTier& tier : firing) {
    restored.push_back({tier.objective, tier.tier, tier.impact_started});
  }
  slo_->restore(restored);
  telemetry_->set_listener(slo_.get());
  return {};
}

// The alerts that others post; without an alertmanager.yml no integration is told of them.
Result<> Server::open_alerting() {
  Alerting::Options options;
  if (config_.alertmanager) {
    options.file = config_.alertmanager->file;
    options.syntax = config_.alertmanager->syntax;
  }
  options.external_url = external_url_;
  ASSIGN_OR_RETURN(alerting_,
                   Alerting::open({*engine_, *database_, *client_, clock_, rng_, log_, metrics_},
                                  std::move(options)));
  problems_ = std::make_unique<alert::ProblemDesk>(alert::ProblemDesk::Parts{
      *engine_, alerting_->alerts(),
      [this](const routing::PostedAlert& alert, Time now) {
        return alerting_->dispatcher().status_of(alert, now).is_suppressed();
      },
      clock_, log_, metrics_, external_url_});
  ASSIGN_OR_RETURN(const auto session, database_->connect_for_reading());
  RETURN_IF_ERROR(problems_->load(*session));
  problems_->listen(*incidents_);
  alerts_->listen(*problems_);
  alerting_->alerts().listen(*problems_);
  alerting_->dispatcher().hold_back(
      [this](const routing::PostedAlert& alert, const std::string& receiver) {
        return problems_->holds_back(alert, receiver);
      });
  ASSIGN_OR_RETURN(doors_,
                   Doors::open({*engine_, alerting_->alerts(), *access_, *readers_, clock_, rng_,
                                [this] { return catalog_.get(); }, alerting_->marks()}));
  return {};
}

// As the rules for posted alerts say; what the catalog does not know is shown as it is labelled.
alert::PostedApiParts::Owner Server::owner_of(const routing::Labels& labels) const {
  const alert::ProblemDesk::Known known = problems_->whose(labels);
  return {known.service, known.team};
}

// Puts what is declared into use, room by room from above. Nothing of it can fail on input that
// load_declared has accepted, but for the database.
Result<> Server::use(Declared declared, const store::Actor& by) {
  for (const std::string& line : refused_contacts(declared, config_.notify)) log_.warn(line);
  std::string trouble = trouble_of_refused(declared, config_.notify);
  RETURN_IF_ERROR(telemetry_->configure(std::move(declared.signals)));
  sources_->backfill(config_.sources);
  std::vector<slo::SloBook::Entry> entries;
  for (const slo::Objective& objective : declared.objectives) {
    const auto signal = telemetry_->index_of(objective.signal);
    if (!signal) {
      return fail(Code::kInternal, fmt::format("objective {} reads signal {}, which is not there",
                                               objective.name.value(), objective.signal.value()));
    }
    entries.push_back({objective, *signal});
  }
  alerts_->use(declared.catalog, declared.objectives);
  problems_->use(declared.catalog, declared.posted);
  outbox_->use(declared.catalog);
  schedule_notices_->use(declared.catalog);
  RETURN_IF_ERROR(schedules_->use(declared.schedules, declared.catalog));
  RETURN_IF_ERROR(user_groups_->use(declared.schedules, declared.catalog));
  pager_->use(self_watch_->for_pager(declared.catalog), std::move(declared.policies));
  incidents_->use(declared.catalog);
  RETURN_IF_ERROR(incident_channels_->use(declared.catalog));
  RETURN_IF_ERROR(slo_->configure(std::move(entries), *telemetry_, clock_.now()));
  RETURN_IF_ERROR(doors_->use(std::move(declared.doors), std::move(declared.heartbeats), by));
  catalog_.set(declared.catalog, std::move(trouble));
  return {};
}

Result<> Server::reload(const store::Actor& by) {
  std::scoped_lock lock(reload_mutex_);
  codec::Problems problems;
  Declared declared = load_declared(config_, problems);
  RETURN_IF_ERROR(problems.as_result());
  // The two files are read before either is used: all or nothing.
  RETURN_IF_ERROR(alerting_->reload());
  const auto catalog = declared.catalog;
  const size_t objectives = declared.objectives.size();
  RETURN_IF_ERROR(use(std::move(declared), by));
  log_.info(
      "the catalog was reloaded",
      {{"by", by.to_text()}, {"services", catalog->services.size()}, {"objectives", objectives}});
  return engine_->run([&](engine::Tx& tx) {
    return tx.append(
        {.happened = tx.now(),
         .actor = by,
         .kind = "catalog.reloaded",
         .subject_kind = "catalog",
         .subject_id = "catalog",
         .incident_id = {},
         .data = {{"services", catalog->services.size()}, {"objectives", objectives}}});
  });
}

// The first user, and the token that the commands on this machine use.
Result<> Server::first_sign_in() {
  const std::filesystem::path data(config_.data);
  ASSIGN_OR_RETURN(const auto first, access_->bootstrap());
  if (first) {
    const std::string path = (data / "first-sign-in.txt").string();
    RETURN_IF_ERROR(write_file(
        path, fmt::format("user: {}\npassword: {}\n", first->user.name, first->password.reveal()),
        0600));
    log_.info("the first user was made; sign in as it says there and remove the file",
              {{"file", path}});
  }
  const std::string path = (data / "cli-token").string();
  std::string kept;
  if (std::ifstream in(path); in) std::getline(in, kept);
  if (access_->token_of(Secret(kept))) return {};
  const store::Actor by = store::system_actor("server");
  for (const access::Token& token : access_->tokens()) {
    if (token.name == "cli") RETURN_IF_ERROR(access_->revoke_token(token.id, by));
  }
  ASSIGN_OR_RETURN(const access::AddedToken made,
                   access_->create_token("cli", access::Role::kAdmin, by));
  return write_file(path, made.secret.reveal() + "\n", 0600);
}

notify::ContactPreview Server::preview(const notify::Delivery& delivery) const {
  notify::NotifyConfig config = config_.notify;
  config.external_url = external_url_;
  return notify::preview_contact(delivery, config, clock_, push_.get());
}

// What schedules ask of people: nothing, unless the configuration wants to hear of contacts that
// nobody has verified.
oncall::IsReached Server::is_reached() const {
  if (!config_.notify.warn_unverified) return {};
  return [this](const catalog::Person& person) { return contacts_->verified()->reach(person); };
}

// What channels need: tests of people, their contacts and browsers, and what providers call.
void Server::add_channel_routes() {
  notify::add_contact_routes(router_, {*access_, *contacts_, [this] { return catalog_.get(); }});
  notify::add_notify_routes(
      router_, {*access_, *engine_, *outbox_, *database_, [this] { return catalog_.get(); },
                [this] { return channels_->health(); },
                [this](const notify::Delivery& delivery) { return preview(delivery); },
                &message_of_incident, external_url_});
  notify::add_dead_letter_routes(router_, {*access_, *engine_, *outbox_, *database_});
  notify::add_push_routes(router_, {*access_, *push_, config_.notify.allow_private_push});
  notify::add_hook_routes(router_, {*engine_, *outbox_, *answers_, *links_, *channels_, log_,
                                    [this] { return catalog_.get(); }});
}

void Server::add_routes() {
  access::add_access_routes(router_, *access_);
  alert::add_alert_routes(router_, *access_, *readers_);
  alert::add_problem_routes(router_, {*access_, *readers_, *engine_, *problems_});
  incident::add_incident_routes(
      router_, {*access_, *readers_, *engine_, *incidents_, *pager_, incident_channels_.get()});
  incident::add_answer_routes(router_, {*readers_, *engine_, *page_answers_, *pager_, *links_,
                                        clock_, [this] { return catalog_.get(); }});
  oncall::add_policy_routes(router_, {.gate = *access_,
                                      .readers = *readers_,
                                      .pager = *pager_,
                                      .clock = clock_,
                                      .on_call = schedules_.get(),
                                      .book = schedules_.get()});
  oncall::add_on_call_routes(
      router_, {*access_, *readers_, *engine_, *schedules_, [this] { return catalog_.get(); }, rng_,
                external_url_, user_groups_.get(), incidents_of_turn,
                [this] { return contacts_->verified(); }, is_reached()});
  add_channel_routes();
  slo::add_slo_routes(router_,
                      {*access_, *slo_, *telemetry_, clock_, [this] { return tail_->last_seq(); }});
  telemetry::add_telemetry_routes(router_, *access_, *telemetry_);
  const Alerting::Authorize responders = [this](const net::Request& request,
                                                bool) -> Result<store::Actor> {
    ASSIGN_OR_RETURN(const access::Caller caller,
                     access_->require(request, access::Role::kResponder));
    return caller.actor;
  };
  alerting_->add_routes(router_, responders, "");
  const Alerting::OwnerOf owner = [this](const routing::Labels& labels) {
    return owner_of(labels);
  };
  alerting_->add_reading_routes(router_, responders, "", owner);
  alerting_->add_people_routes(router_, *access_, responders, owner);
  doors_->add_routes(router_);
  self_watch_->add_routes(router_);
  add_status_routes(router_, {*access_, *readers_, catalog_, *slo_, *telemetry_, *sources_, *pager_,
                              *self_watch_, metrics_, clock_, started_, ready_,
                              [this](const store::Actor& by) { return reload(by); }, *contacts_,
                              *schedules_, is_reached()});
  incident::add_stream_routes(router_, {*access_, *tail_, clock_, incident::pulses_of(*slo_),
                                        std::string(embedded_assets().build)});
  add_security_headers(router_);
  add_asset_routes(router_);
}

void Server::start_threads() {
  tail_->start();
  engine_->start();
  alerts_->start();
  alerting_->start();
  problems_->start();
  telemetry_->start();
  sources_->use(config_.sources);
  edges_ = std::make_unique<Ticker>([this] {
    const Time now = clock_.now();
    if (!config_.canary.team.empty() && clock_.monotonic() >= feed_canary_at_) {
      feed_canary_at_ = clock_.monotonic() + kCanaryFeed;
      if (const auto runs = self_watch_->canary_runs()) feed_canary(*telemetry_, *runs, now);
    }
    slo_->advance(now);
    return std::clamp(Duration(slo_->next_edge() - now), Duration(milliseconds(10)),
                      Duration(seconds(1)));
  });
}

Result<> Server::open() {
  ASSIGN_OR_RETURN(listener_, net::Listener::bind(config_.http.listen, &log_));
  const std::string address = listener_->address();
  external_url_ = config_.external_url.empty() ? url_of(config_, address) : config_.external_url;
  RETURN_IF_ERROR(open_store());
  RETURN_IF_ERROR(open_people());
  RETURN_IF_ERROR(open_alerting());
  RETURN_IF_ERROR(open_measuring());
  RETURN_IF_ERROR(first_sign_in());
  ASSIGN_OR_RETURN(tail_, incident::LogbookTail::open(*engine_, *database_, log_));
  add_routes();
  start_threads();
  net::ServerOptions options = config_.http;
  ASSIGN_OR_RETURN(http_, net::Server::start(router_, std::move(listener_), options, clock_, rng_,
                                             log_, metrics_));
  ready_ = true;
  RETURN_IF_ERROR(write_file((std::filesystem::path(config_.data) / "address").string(),
                             url_of(config_, address) + "\n", 0644));
  log_.info("ready", {{"address", url_of(config_, address)},
                      {"version", kVersion},
                      {"objectives", slo_->size()},
                      {"took", clock_.now() - started_}});
  return {};
}

void Server::request_stop(Error why) {
  {
    std::scoped_lock lock(stop_mutex_);
    if (why_stopped_) return;
    why_stopped_ = std::move(why);
  }
  // serve waits for signals; this is how a thread of ours ends it.
  ::kill(::getpid(), SIGTERM);
}

void Server::step(std::string_view name, const std::function<void()>& action) {
  const Duration begun = clock_.monotonic();
  action();
  log_.info("stopped", {{"part", name}, {"took", clock_.monotonic() - begun}});
}

void Server::stop_deliveries() {
  const size_t left = outbox_->stop(seconds(5));
  if (left == 0) return;
  log_.warn("tries without an answer are left behind; they go again at the next start, marked",
            {{"tries", left}});
}

void Server::stop_everything() {
  if (is_stopped_) return;
  is_stopped_ = true;
  ready_ = false;
  if (http_) step("http", [&] { http_->stop(seconds(5)); });
  if (sources_) step("sources", [&] { sources_->stop(); });
  if (edges_) step("objectives", [&] { edges_->stop(); });
  if (telemetry_) step("telemetry", [&] { telemetry_->stop(); });
  if (alerts_) step("alerts", [&] { alerts_->stop(); });
  if (problems_) step("problems", [&] { problems_->stop(); });
  if (alerting_) step("dispatcher", [&] { alerting_->stop(seconds(5)); });
  // While the engine still writes: a message whose answer is committed is not sent again.
  if (outbox_) step("deliveries", [&] { stop_deliveries(); });
  if (engine_) step("engine", [&] { engine_->stop(seconds(5)); });
  if (tail_) step("stream", [&] { tail_->stop(); });
  if (client_) step("client", [&] { client_.reset(); });
}

Result<> Server::stop() {
  stop_everything();
  std::scoped_lock lock(stop_mutex_);
  if (why_stopped_) return fail(*why_stopped_);
  return {};
}

}  // namespace

Result<std::unique_ptr<App>> App::start(Config config, const Clock& clock, Rng& rng, Log& log) {
  auto server = std::make_unique<Server>(std::move(config), clock, rng, log);
  RETURN_IF_ERROR(server->open());
  return server;
}

}  // namespace tocsin::server
