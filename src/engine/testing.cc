#include "engine/testing.h"

#include <fmt/format.h>

#include <stdexcept>

#include "store/migration.h"

namespace tocsin::engine::testing {
namespace {

// More steps than this at one moment is a timer that sets itself again for now.
constexpr int kMostSteps = 100'000;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace

TestEngine::TestEngine(Options options)
    : fresh_(options.backend),
      database_(store::testing::with_faults(*fresh_, faults_)),
      rng_(options.seed),
      log_(clock_, LogLevel::kDebug, LogFormat::kLogfmt,
           [this](LogLevel level, std::string_view line) {
             std::scoped_lock lock(log_mutex_);
             log_lines_.emplace_back(level, line);
           }),
      engine_options_(options.engine) {
  const auto session = must(fresh_->connect());
  if (options.before_migration) options.before_migration(*session, clock_.now());
  must(store::migrate(*session));
  open();
}

TestEngine::~TestEngine() = default;

void TestEngine::open() {
  lease_ = must(store::Lease::acquire(*database_, "test", clock_.now()));
  engine_ = must(Engine::open(*database_, *lease_, clock_, rng_, log_, metrics_, engine_options_));
  reader_ = must(fresh_->connect_for_reading());
}

void TestEngine::restart() {
  engine_.reset();
  lease_.reset();
  open();
}

Result<> TestEngine::run(Command command) {
  Result<> done = engine_->run(std::move(command));
  settle();
  return done;
}

void TestEngine::settle() {
  for (int i = 0; i < kMostSteps; ++i) {
    const Result<bool> did = engine_->step();
    // The commands of a failed commit have heard of it; what is due stays due.
    if (!did || !*did) return;
  }
  throw std::runtime_error(fmt::format("more than {} steps at {} without coming to rest",
                                       kMostSteps, to_rfc3339(now())));
}

void TestEngine::advance(Duration by) { advance_to(now() + by); }

void TestEngine::advance_to(Time until) {
  settle();
  while (true) {
    const auto due = must(engine_->next_due());
    if (!due || *due > until) break;
    if (*due <= now()) break;  // commits fail: no use in trying again at this moment
    clock_.advance(*due - now());
    settle();
  }
  if (now() < until) clock_.advance(until - now());
  settle();
}

std::vector<std::string> TestEngine::lines(LogLevel level) const {
  std::scoped_lock lock(log_mutex_);
  std::vector<std::string> found;
  for (const auto& [at, line] : log_lines_) {
    if (at == level) found.push_back(line);
  }
  return found;
}

std::vector<std::string> TestEngine::errors() const { return lines(LogLevel::kError); }
std::vector<std::string> TestEngine::warnings() const { return lines(LogLevel::kWarn); }

std::vector<store::LogbookRecord> TestEngine::logbook() {
  return must(store::read_logbook(*reader_, 0, 1'000'000));
}

std::vector<std::string> TestEngine::kinds() {
  std::vector<std::string> kinds;
  for (const auto& record : logbook()) kinds.push_back(record.entry.kind);
  return kinds;
}

}  // namespace tocsin::engine::testing
