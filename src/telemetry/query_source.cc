#include "telemetry/query_source.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "telemetry/scrape_target.h"

namespace tocsin::telemetry {
namespace {

constexpr Duration kLongestGap = hours(1);
// Prometheus answers at most 11,000 points a series.
constexpr int64_t kMostPoints = 10'000;

// `$step` becomes the time that the query counts over.
std::string with_step(const std::string& query, Duration step) {
  std::string out;
  std::string_view rest = query;
  const std::string text = fmt::format("{}s", std::max<int64_t>(1, step.count() / 1'000'000));
  for (size_t at = rest.find("$step"); at != std::string_view::npos; at = rest.find("$step")) {
    out += rest.substr(0, at);
    out += text;
    rest.remove_prefix(at + 5);
  }
  return out + std::string(rest);
}

net::HttpCall call_for(const QuerySource& source, const std::string& path,
                       const std::string& form) {
  net::HttpCall call;
  call.method = "POST";  // long queries do not fit into a URL
  call.url = source.url + path;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                  {"Accept", "application/json"}};
  call.body = form;
  call.timeout = source.timeout;
  authorize(source.auth, call);
  return call;
}

std::string seconds_text(Time t) { return fmt::format("{:.3f}", to_seconds(t.time_since_epoch())); }

bool is_count(double v) { return std::isfinite(v) && v >= 0; }

// The values of one group in one answer, which may have several series of it.
struct Gathered {
  double sum = 0, most = 0;
  size_t n = 0;

  void add(double value) {
    sum += value;
    most = n == 0 ? value : std::max(most, value);
    ++n;
  }
  // As a level folds the series that it is made from.
  double level(SignalSpec::LevelFold fold) const {
    switch (fold) {
      case SignalSpec::LevelFold::kSum: return sum;
      case SignalSpec::LevelFold::kMax: return most;
      case SignalSpec::LevelFold::kAverage: return n == 0 ? 0 : sum / static_cast<double>(n);
    }
    bug("unknown fold");
  }
};

}  // namespace

// One step's questions: every signal asks one or two, and the round ends when all are answered.
struct QueryAsker::Round {
  struct Question {
    std::shared_ptr<const SignalSpec> spec;
    enum class Part { kBad, kGood, kTotal, kOf } part = Part::kOf;
    std::string query;
    Result<std::vector<QueryValue>> answer = std::vector<QueryValue>();
  };
  std::vector<Question> questions;
  std::map<SignalName, Time> from;
  Time to;
  std::atomic<size_t> left = 0;
};

std::optional<Time> KnownUntil::of(const SignalName& signal) const {
  std::scoped_lock lock(mutex_);
  const auto at = until_.find(signal);
  return at == until_.end() ? std::nullopt : std::optional(at->second);
}

void KnownUntil::set(const SignalName& signal, Time until) {
  std::scoped_lock lock(mutex_);
  until_[signal] = until;
}

void KnownUntil::keep_only(const std::set<SignalName>& signals) {
  std::scoped_lock lock(mutex_);
  std::erase_if(until_, [&](const auto& known) { return !signals.contains(known.first); });
}

QueryAsker::QueryAsker(QuerySource source, Telemetry& telemetry, net::Client& client,
                       std::shared_ptr<KnownUntil> known)
    : source_(std::move(source)), telemetry_(telemetry), client_(client), known_(std::move(known)) {
  status_.name = source_.name;
  status_.kind = SourceKind::kQuery;
}

SourceStatus QueryAsker::status() const {
  std::scoped_lock lock(mutex_);
  return status_;
}

bool QueryAsker::is_same(const Source& other) const {
  const auto* asker = dynamic_cast<const QueryAsker*>(&other);
  return asker != nullptr && asker->source_ == source_;
}

void QueryAsker::ask(std::function<void(std::move_only_function<void()>)> done) {
  auto round = std::make_shared<Round>();
  round->to = std::chrono::floor<seconds>(telemetry_.clock().now());
  for (const CompiledSignal& signal : telemetry_.signals()->signals()) {
    const SignalSpec::Query* query = signal.spec->query.get();
    if (query == nullptr || query->source != source_.name) continue;
    const std::optional<Time> known = known_->of(signal.spec->name);
    // increase() sees nothing in a time that is shorter than a scrape: such a rest waits.
    if (!known || round->to - *known < source_.step - seconds(1)) continue;
    const Time from = std::max(*known, round->to - kLongestGap);
    round->from[signal.spec->name] = from;
    using Part = Round::Question::Part;
    for (const auto& [part, text] : {std::pair(Part::kBad, query->bad),
                                     {Part::kGood, query->good},
                                     {Part::kTotal, query->total},
                                     {Part::kOf, query->of}}) {
      if (!text.empty())
        round->questions.push_back({signal.spec, part, with_step(text, round->to - from)});
    }
  }
  round->left = round->questions.size();
  if (round->questions.empty()) {
    done([] {});
    return;
  }
  auto finish =
      std::make_shared<std::function<void(std::move_only_function<void()>)>>(std::move(done));
  for (Round::Question& question : round->questions) {
    const std::string form =
        fmt::format("query={}&time={}", url_encode(question.query), seconds_text(round->to));
    client_.call(
        call_for(source_, "/api/v1/query", form),
        [self = shared_from_this(), round, &question, finish](Result<net::HttpAnswer> answer) {
          question.answer = answer ? read_query_answer(answer->status, answer->body)
                                   : Result<std::vector<QueryValue>>(fail(answer.error()));
          if (--round->left > 0) return;
          (*finish)([self, round] { self->take(*round); });
        });
  }
}

// Folds what the round brought, signal by signal: a ratio needs both of its answers.
void QueryAsker::take(Round& round) {
  struct Sums {
    std::shared_ptr<const SignalSpec> spec;
    std::map<Labels, std::array<Gathered, 4>> groups;  // by Part
    std::optional<Error> error;
  };
  std::map<SignalName, Sums> signals;
  for (const Round::Question& question : round.questions) {
    Sums& sums = signals[question.spec->name];
    sums.spec = question.spec;
    if (!question.answer) {
      sums.error = question.answer.error();
      continue;
    }
    for (const QueryValue& value : *question.answer) {
      Labels group;
      for (const std::string& label : question.spec->by) {
        const auto it = value.labels.find(label);
        group[label] = it == value.labels.end() ? std::string() : it->second;
      }
      if (std::isfinite(value.value))
        sums.groups[group][static_cast<size_t>(question.part)].add(value.value);
    }
  }
  std::optional<Error> error;
  for (const auto& [name, sums] : signals) {
    if (sums.error) {
      error = sums.error->in(name.value());
      continue;
    }
    const Time from = round.from[name];
    for (const auto& [group, parts] : sums.groups) {
      const auto& [bad, good, totals, of] = parts;
      const double total = totals.sum;
      if (sums.spec->kind == SignalKind::kLevel) {
        telemetry_.add_level(name, group, of.level(sums.spec->fold), round.to);
      } else if (sums.spec->kind == SignalKind::kRate && is_count(of.sum)) {
        telemetry_.add_rate(name, group, from, round.to, of.sum);
      } else if (is_count(total)) {
        const double failed = sums.spec->query->bad.empty() ? total - good.sum : bad.sum;
        telemetry_.add_ratio(name, group, from, round.to, std::clamp(failed, 0.0, total), total,
                             group.empty());
      }
    }
    known_->set(name, round.to);
  }
  std::scoped_lock lock(mutex_);
  status_.state = error ? SourceState::kDown : SourceState::kUp;
  status_.last_error = error ? error->message : std::string();
  if (!error) status_.last_at = round.to;
}

namespace {

Result<std::map<int64_t, double>> ask_range(const QuerySource& source, net::Client& client,
                                            const std::string& query, Time from, Time to,
                                            Duration step) {
  const std::string form =
      fmt::format("query={}&start={}&end={}&step={}", url_encode(with_step(query, step)),
                  seconds_text(from), seconds_text(to), step.count() / 1'000'000);
  ASSIGN_OR_RETURN(const net::HttpAnswer answer,
                   client.call_and_wait(call_for(source, "/api/v1/query_range", form)));
  return read_range_answer(answer.status, answer.body);
}

// One stretch of the past of one signal, in steps.
Result<size_t> fill(const QuerySource& source, const SignalSpec& spec, Telemetry& telemetry,
                    net::Client& client, Time from, Time to, Duration step) {
  if (to - from < step) return 0;
  const bool has_bad = !spec.query->bad.empty();
  ASSIGN_OR_RETURN(const auto total,
                   ask_range(source, client, spec.query->total, from + step, to, step));
  ASSIGN_OR_RETURN(const auto other,
                   ask_range(source, client, has_bad ? spec.query->bad : spec.query->good,
                             from + step, to, step));
  size_t filled = 0;
  for (const auto& [ms, count] : total) {
    if (!is_count(count)) continue;
    const auto it = other.find(ms);
    const double part = it != other.end() && is_count(it->second) ? it->second : 0;
    const double bad = std::clamp(has_bad ? part : count - part, 0.0, count);
    telemetry.add_ratio(spec.name, {}, from_millis(ms) - step, from_millis(ms), bad, count, false);
    ++filled;
  }
  return filled;
}

// Where what is kept of a signal ends; `oldest` when nothing newer is kept.
Result<Time> known_until(const SignalSpec& spec, const Telemetry& telemetry, Time oldest,
                         Time now) {
  for (const RollupLevel level : {RollupLevel::kMinute, RollupLevel::kTenMinutes}) {
    ASSIGN_OR_RETURN(const auto slots, telemetry.ratio(spec.name, level, oldest, now));
    if (!slots.empty()) return std::min(now, slots.back().start + width_of(level));
  }
  return oldest;
}

// The last six hours by the minute, what lies before by ten minutes; the number of steps.
Result<size_t> fill_past(const QuerySource& source, const SignalSpec& spec, Telemetry& telemetry,
                         net::Client& client, Time now) {
  const Duration coarse_step = minutes(10);
  const Time oldest = std::chrono::floor<hours>(
      now - std::min<Duration>(source.backfill, coarse_step * kMostPoints));
  ASSIGN_OR_RETURN(Time from, known_until(spec, telemetry, oldest, now));
  const Time fine = std::max(oldest, Time(std::chrono::floor<hours>(now - hours(6))));
  size_t steps = 0;
  if (from < fine) {
    // A coarse step fills whole slots; the rest of an hour that is partly kept goes by the minute.
    const Time begin = std::chrono::ceil<hours>(from);
    ASSIGN_OR_RETURN(steps, fill(source, spec, telemetry, client, from, begin, minutes(1)));
    ASSIGN_OR_RETURN(const size_t n,
                     fill(source, spec, telemetry, client, begin, fine, coarse_step));
    steps += n;
    from = fine;
  }
  if (now - from < minutes(1)) return steps;
  ASSIGN_OR_RETURN(const size_t n, fill(source, spec, telemetry, client, from, now, minutes(1)));
  return steps + n;
}

}  // namespace

void backfill_from(const QuerySource& source, Telemetry& telemetry, net::Client& client, Log& log,
                   KnownUntil& known) {
  for (const CompiledSignal& signal : telemetry.signals()->signals()) {
    const SignalSpec& spec = *signal.spec;
    if (!spec.query || spec.query->source != source.name || known.of(spec.name)) continue;
    const Time begin = std::chrono::floor<seconds>(telemetry.clock().now()) - source.step;
    const bool has_past = spec.kind == SignalKind::kRatio && spec.by.empty();
    if (!has_past || source.backfill == Duration(0)) {
      known.set(spec.name, begin);
      continue;
    }
    const Time now = std::chrono::floor<minutes>(telemetry.clock().now());
    const auto filled = fill_past(source, spec, telemetry, client, now);
    known.set(spec.name, filled ? now : begin);
    if (!filled) {
      log.warn("a signal's past was not filled",
               {{"signal", spec.name.value()}, {"error", filled.error()}});
      continue;
    }
    log.info("a signal's past was filled", {{"signal", spec.name.value()},
                                            {"source", source.name},
                                            {"steps", static_cast<int64_t>(*filled)}});
  }
}

}  // namespace tocsin::telemetry
