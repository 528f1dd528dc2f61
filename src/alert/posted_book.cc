#include "alert/posted_book.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::alert {
namespace {

using routing::PostedAlert;
using routing::PostedAlertRef;

// Alerts that end together are written in pieces, so that a post need not wait for all of them.
constexpr size_t kMostEnds = 500;
constexpr Duration kLookAgain = std::chrono::minutes(1);  // at one that is still held
constexpr Duration kTryAgain = std::chrono::seconds(1);   // when the database refused
constexpr Duration kLongestWait = std::chrono::minutes(5);
bool has_same_words(const PostedAlert& a, const PostedAlert& b) {
  return a.annotations == b.annotations && a.generator_url == b.generator_url;
}

// Whether a post of a firing alert says only that it still fires; then what merge() would make of
// both differs from the old one in `ends` and `updated` alone.
bool is_repeat(const PostedAlert& old, const PostedAlert& posted, Time now) {
  return old.ends > now && posted.ends > now && posted.updated >= old.updated &&
         posted.starts >= old.starts && posted.starts < old.ends && has_same_words(old, posted);
}

bool is_known_end(const PostedAlert& old, const PostedAlert& posted) {
  return posted.ends == old.ends && posted.starts == old.starts && has_same_words(old, posted);
}

// Appends an entry that names the one before it, and moves the place to it.
Result<> append_entry(engine::Tx& tx, uint64_t fingerprint, PostedPlace& place,
                      std::string_view kind, Time happened, codec::JsonObject data,
                      const store::Actor& by) {
  store::LogbookEntry entry;
  entry.happened = std::min(happened, tx.now());
  entry.actor = by;
  entry.kind = kind;
  entry.subject_kind = "posted_alert";
  entry.subject_id = routing::fingerprint_text(fingerprint);
  entry.data = std::move(data);
  if (place.last_entry > 0) entry.data["before"] = place.last_entry;
  RETURN_IF_ERROR(tx.append(std::move(entry)));
  place.last_entry = tx.last_seq();
  return {};
}

Result<> append_fired(engine::Tx& tx, uint64_t fingerprint, PostedPlace& place,
                      const PostedAlert& alert, const store::Actor& by) {
  return append_entry(tx, fingerprint, place, "posted_alert.fired", alert.starts,
                      {{"labels", alert.labels.to_text()}}, by);
}

Result<> append_resolved(engine::Tx& tx, uint64_t fingerprint, PostedPlace& place,
                         const PostedAlert& alert, std::string_view why, const store::Actor& by) {
  return append_entry(tx, fingerprint, place, "posted_alert.resolved", alert.ends,
                      {{"labels", alert.labels.to_text()}, {"why", why}}, by);
}

constexpr std::string_view kPosted = "posted as resolved";
constexpr std::string_view kRanOut = "its end passed and nobody posted it again";

}  // namespace

PostedBook::PostedBook(Parts parts, Limits limits)
    : engine_(parts.engine),
      clock_(parts.clock),
      log_(parts.log),
      limits_(limits),
      firing_metric_(parts.metrics.counter("alertmanager_alerts_received_total",
                                           "The total number of received alerts.",
                                           {{"status", "firing"}, {"version", "v2"}})),
      resolved_metric_(parts.metrics.counter("alertmanager_alerts_received_total",
                                             "The total number of received alerts.",
                                             {{"status", "resolved"}, {"version", "v2"}})),
      invalid_metric_(parts.metrics.counter(
          "alertmanager_alerts_invalid_total",
          "The total number of received alerts that were invalid.", {{"version", "v2"}})),
      limited_metric_(
          parts.metrics.counter("alertmanager_alerts_limited_total",
                                "Alerts that were left out because a limit is reached.")),
      size_metric_(parts.metrics.gauge(
          "tocsin_posted_alerts", "Alerts in memory that others posted, resolved ones, too.")) {}

PostedBook::~PostedBook() = default;

Result<> PostedBook::load(store::Session& sql) {
  ASSIGN_OR_RETURN(auto rows, all_posted(sql));
  const Time now = clock_.now();
  for (PostedRow& row : rows) {
    if (!row.is_ended) {
      row.alert.ends = now + std::max(row.alert.ends - row.alert.updated, Duration(0));
      // A guess of ours: what the sender says next holds, even if it is earlier.
      row.alert.is_timeout = true;
    }
    const uint64_t fingerprint = row.alert.fingerprint();
    count_name(row.alert, 1);
    if (!row.is_ended) ++firing_;
    Shard& s = shard(fingerprint);
    const std::lock_guard lock(s.mutex);
    Entry& entry = s.entries[fingerprint];
    entry.state = {std::make_shared<const PostedAlert>(std::move(row.alert)), row.is_ended,
                   row.place, row.flapping};
    last_number_ = std::max(last_number_, row.place.number);
    enqueue(fingerprint, entry, due_of(entry.state));
  }
  size_ = rows.size();
  size_metric_.set(static_cast<double>(rows.size()));
  return {};
}

int64_t PostedBook::last_entry(uint64_t fingerprint) const {
  const Shard& s = shard(fingerprint);
  const std::lock_guard lock(s.mutex);
  const auto found = s.entries.find(fingerprint);
  return found == s.entries.end() ? 0 : found->second.state.place.last_entry;
}

std::optional<Flaps> PostedBook::flaps_at(uint64_t fingerprint, Time now) const {
  const Shard& s = shard(fingerprint);
  const std::lock_guard lock(s.mutex);
  const auto found = s.entries.find(fingerprint);
  if (found == s.entries.end()) return std::nullopt;
  return flaps(found->second.state.flapping, now, limits_.flapping);
}

PostedAlertRef PostedBook::find(uint64_t fingerprint) const {
  const Shard& s = shard(fingerprint);
  const std::lock_guard lock(s.mutex);
  const auto found = s.entries.find(fingerprint);
  return found == s.entries.end() ? nullptr : found->second.state.alert;
}

std::vector<PostedAlertRef> PostedBook::all() const {
  std::vector<PostedAlertRef> all;
  all.reserve(size());
  for (const Shard& s : shards_) {
    const std::lock_guard lock(s.mutex);
    for (const auto& [_, entry] : s.entries) all.push_back(entry.state.alert);
  }
  return all;
}

// --- posts

void PostedBook::count_received(const std::vector<PostedAlert>& alerts, Time now) {
  const auto resolved = static_cast<size_t>(std::ranges::count_if(
      alerts, [now](const PostedAlert& alert) { return alert.is_resolved(now); }));
  firing_metric_.add(alerts.size() - resolved);
  resolved_metric_.add(resolved);
}

Result<> PostedBook::put(std::vector<PostedAlert> alerts, const store::Actor& by) {
  const Time now = clock_.now();
  count_received(alerts, now);
  std::vector<Posted> news;
  for (PostedAlert& alert : alerts) {
    const uint64_t fingerprint = alert.fingerprint();
    if (!repeat(fingerprint, alert, now)) news.push_back({fingerprint, std::move(alert)});
  }
  if (news.empty()) return {};
  const Result<> admitted = admit(news);
  if (!news.empty()) {
    RETURN_IF_ERROR(
        engine_.run([this, &news, &by, now](engine::Tx& tx) { return write(tx, news, by, now); }));
  }
  return admitted;
}

Result<> PostedBook::put_in(engine::Tx& tx, std::vector<PostedAlert> alerts,
                            const store::Actor& by) {
  const Time now = clock_.now();
  count_received(alerts, now);
  std::vector<Posted> news;
  for (PostedAlert& alert : alerts) {
    const uint64_t fingerprint = alert.fingerprint();
    news.push_back({fingerprint, std::move(alert)});
  }
  RETURN_IF_ERROR(admit(news));
  return write(tx, news, by, now);
}

// The way that costs no write; true when the post says nothing new.
bool PostedBook::repeat(uint64_t fingerprint, PostedAlert& alert, Time now) {
  PostedAlertRef old;  // freed behind the lock
  Shard& s = shard(fingerprint);
  const std::lock_guard lock(s.mutex);
  const auto found = s.entries.find(fingerprint);
  if (found == s.entries.end()) return false;
  State& state = found->second.state;
  if (state.is_ended) return is_known_end(*state.alert, alert);
  if (!is_repeat(*state.alert, alert, now)) return false;
  alert.starts = state.alert->starts;
  if (!state.alert->is_timeout) alert.ends = std::max(alert.ends, state.alert->ends);
  old = std::make_shared<const PostedAlert>(std::move(alert));
  old.swap(state.alert);
  return true;
}

Result<> PostedBook::admit(std::vector<Posted>& news) {
  size_t room = limits_.max_alerts > size() ? limits_.max_alerts - size() : 0;
  if (room >= news.size() && limits_.per_alertname == 0) return {};
  std::string refused;
  size_t count = 0;
  std::unordered_map<std::string, size_t> added;
  std::erase_if(news, [&](const Posted& posted) {
    if (find(posted.fingerprint)) return false;
    const std::string name(posted.alert.labels.get("alertname"));
    if (room == 0) {
      refused = fmt::format("{} alerts are kept already; raise the limit or resolve some", size());
    } else if (limits_.per_alertname > 0) {
      const std::lock_guard lock(names_mutex_);
      const auto known = by_name_.find(name);
      const size_t all = (known == by_name_.end() ? 0 : known->second) + added[name];
      if (all < limits_.per_alertname) {
        ++added[name];
        --room;
        return false;
      }
      refused = fmt::format("{} alerts of the name {} are kept already, the limit for one name",
                            all, name);
    } else {
      --room;
      return false;
    }
    ++count;
    return true;
  });
  if (count == 0) return {};
  limited_metric_.add(count);
  return fail(Code::kResourceExhausted, fmt::format("{} alerts were left out: {}", count, refused));
}

// --- on the writer's thread

PostedBook::State PostedBook::current(uint64_t fingerprint) const {
  if (const auto [begin, end] = staged_.equal_range(fingerprint); begin != end) {
    return std::max_element(
               begin, end,
               [](const auto& a, const auto& b) { return a.second.stage < b.second.stage; })
        ->second.state;
  }
  const Shard& s = shard(fingerprint);
  const std::lock_guard lock(s.mutex);
  const auto found = s.entries.find(fingerprint);
  return found == s.entries.end() ? State() : found->second.state;
}

Result<> PostedBook::write(engine::Tx& tx, std::vector<Posted>& news, const store::Actor& by,
                           Time now) {
  std::vector<Change> changes;
  changes.reserve(news.size());
  // One alert twice in one request: the second sees the first.
  std::vector<uint64_t> fingerprints;
  for (const Posted& posted : news) fingerprints.push_back(posted.fingerprint);
  std::ranges::sort(fingerprints);
  const bool has_twins = std::ranges::adjacent_find(fingerprints) != fingerprints.end();
  for (Posted& posted : news) {
    RETURN_IF_ERROR(write_one(tx, posted, by, now, changes));
    if (has_twins) stage(tx, std::exchange(changes, {}));
  }
  stage(tx, std::move(changes));
  return {};
}

Result<> PostedBook::write_one(engine::Tx& tx, Posted& posted, const store::Actor& by, Time now,
                               std::vector<Change>& changes) {
  const uint64_t fingerprint = posted.fingerprint;
  const State old = current(fingerprint);
  auto next = std::make_shared<const PostedAlert>(
      old.alert ? routing::merge(*old.alert, posted.alert, now) : std::move(posted.alert));
  const bool is_ended = next->is_resolved(now);
  // Nobody was told, and there is nothing to end.
  if (!old.alert && is_ended && !(is_awaited_ && is_awaited_(*next))) return {};

  PostedPlace place = old.place;
  const bool was_open = old.alert && !old.is_ended;
  // It ran out, nobody wrote that down yet, and now it fires anew.
  const bool had_gap = was_open && old.alert->is_resolved(now) && old.alert->ends < next->starts;
  Flapping flapping = old.flapping;
  if (had_gap) {
    RETURN_IF_ERROR(append_resolved(tx, fingerprint, place, *old.alert, kRanOut, by));
    RETURN_IF_ERROR(firing_ended_(tx, fingerprint));
  }
  const bool began = !old.alert || had_gap || (old.is_ended && !is_ended);
  if (began && !is_ended) RETURN_IF_ERROR(append_fired(tx, fingerprint, place, *next, by));
  if (is_ended && (began || was_open)) {
    RETURN_IF_ERROR(append_resolved(tx, fingerprint, place, *next, kPosted, by));
    RETURN_IF_ERROR(firing_ended_(tx, fingerprint));
  }
  if (old.alert && (began || (is_ended && was_open))) {
    RETURN_IF_ERROR(note_change(tx, fingerprint, *next, now, place, flapping));
  }

  if (!old.alert) {
    place.number = ++last_number_;
    RETURN_IF_ERROR(insert_posted(tx.sql(), place, fingerprint, *next, is_ended));
  } else if (began || old.is_ended != is_ended || !has_same_words(*old.alert, *next) ||
             old.alert->starts != next->starts || (is_ended && old.alert->ends != next->ends)) {
    RETURN_IF_ERROR(update_posted(tx.sql(), place, *next, is_ended, flapping));
  }
  changes.push_back({fingerprint, {std::move(next), is_ended, place, flapping}});
  return {};
}

// It has fired again or resolved.
Result<> PostedBook::note_change(engine::Tx& tx, uint64_t fingerprint, const PostedAlert& alert,
                                 Time now, PostedPlace& place, Flapping& flapping) const {
  const bool flapped = flaps(flapping, now, limits_.flapping).has_value();
  flapping = after_change(flapping, now, limits_.flapping);
  const auto flaps_now = flaps(flapping, now, limits_.flapping);
  if (flapped || !flaps_now) return {};
  return append_entry(tx, fingerprint, place, "posted_alert.flapping", now,
                      {{"labels", alert.labels.to_text()}, {"changes", flaps_now->changes}},
                      store::system_actor("posted-book"));
}

std::vector<uint64_t> PostedBook::Dues::all() const {
  std::vector<uint64_t> all = ended;
  all.insert(all.end(), steady.begin(), steady.end());
  all.insert(all.end(), forgotten.begin(), forgotten.end());
  return all;
}

Result<> PostedBook::write_ends(engine::Tx& tx, const Dues& dues, Time now) {
  std::vector<Change> changes;
  const auto by = store::system_actor("posted-book");
  for (const uint64_t fingerprint : dues.ended) {
    State state = current(fingerprint);
    if (!state.alert || state.is_ended || !state.alert->is_resolved(now)) continue;
    RETURN_IF_ERROR(append_resolved(tx, fingerprint, state.place, *state.alert, kRanOut, by));
    RETURN_IF_ERROR(firing_ended_(tx, fingerprint));
    RETURN_IF_ERROR(note_change(tx, fingerprint, *state.alert, now, state.place, state.flapping));
    RETURN_IF_ERROR(update_posted(tx.sql(), state.place, *state.alert, true, state.flapping));
    state.is_ended = true;
    changes.push_back({fingerprint, std::move(state)});
  }
  for (const uint64_t fingerprint : dues.steady) {
    State state = current(fingerprint);
    if (!state.alert || !state.flapping.since) continue;
    state.flapping = at_time(state.flapping, now, limits_.flapping);
    if (state.flapping.since) continue;  // it has changed again
    RETURN_IF_ERROR(append_entry(tx, fingerprint, state.place, "posted_alert.steady", now,
                                 {{"labels", state.alert->labels.to_text()}}, by));
    RETURN_IF_ERROR(
        update_posted(tx.sql(), state.place, *state.alert, state.is_ended, state.flapping));
    changes.push_back({fingerprint, std::move(state)});
  }
  for (const uint64_t fingerprint : dues.forgotten) {
    const State state = current(fingerprint);
    if (!state.alert || !state.is_ended) continue;  // it fires again
    RETURN_IF_ERROR(forget_posted(tx.sql(), state.place, fingerprint));
    changes.push_back({fingerprint, {}});
  }
  stage(tx, std::move(changes));
  return {};
}

Result<> PostedBook::check_firing(uint64_t fingerprint, Time now) const {
  const State state = current(fingerprint);
  const std::string name = routing::fingerprint_text(fingerprint);
  if (!state.alert) return not_found(fmt::format("there is no posted alert '{}'", name));
  if (!state.is_ended && !state.alert->is_resolved(now)) return {};
  return fail(Code::kFailedPrecondition, fmt::format("posted alert '{}' is resolved since {}", name,
                                                     to_rfc3339(state.alert->ends)));
}

Result<> PostedBook::note(engine::Tx& tx, uint64_t fingerprint, std::string_view kind,
                          codec::JsonObject data, const store::Actor& by) {
  std::vector<Note> notes;
  notes.push_back({fingerprint, std::string(kind), tx.now(), std::move(data)});
  return append(tx, std::move(notes), by);
}

Result<> PostedBook::append(engine::Tx& tx, std::vector<Note> notes, const store::Actor& by) {
  std::vector<Change> changes;
  std::unordered_map<uint64_t, size_t> places;  // in `changes`: one alert may have several notes
  for (Note& note : notes) {
    const auto [place, is_new] = places.try_emplace(note.fingerprint, changes.size());
    if (is_new) changes.push_back({note.fingerprint, current(note.fingerprint), true});
    State& state = changes[place->second].state;
    if (!state.alert) continue;
    note.data["labels"] = state.alert->labels.to_text();
    RETURN_IF_ERROR(append_entry(tx, note.fingerprint, state.place, note.kind, note.happened,
                                 std::move(note.data), by));
  }
  std::erase_if(changes, [](const Change& change) { return !change.state.alert; });
  for (const Change& change : changes) {
    RETURN_IF_ERROR(set_last_entry(tx.sql(), change.state.place));
  }
  stage(tx, std::move(changes));
  return {};
}

// The engine destroys an effect that it does not run, and it does so before the next batch begins.
class PostedBook::Stage {
 public:
  Stage(PostedBook& book, std::vector<Change> changes)
      : book_(book), id_(++book.last_stage_), changes_(std::move(changes)) {
    for (const Change& c : changes_) book_.staged_.emplace(c.fingerprint, Staged{id_, c.state});
  }
  ~Stage() {
    for (const Change& c : changes_) {
      const auto [begin, end] = book_.staged_.equal_range(c.fingerprint);
      const auto own = std::find_if(
          begin, end, [this](const auto& staged) { return staged.second.stage == id_; });
      if (own != end) book_.staged_.erase(own);
    }
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  const std::vector<Change>& changes() const { return changes_; }

 private:
  PostedBook& book_;
  const uint64_t id_;
  const std::vector<Change> changes_;
};

// Readers see it when it is durable; the commands behind it in this batch see it now.
void PostedBook::stage(engine::Tx& tx, std::vector<Change> changes) {
  if (changes.empty()) return;
  tx.after_commit([this, staged = std::make_unique<Stage>(*this, std::move(changes))] {
    apply(staged->changes());
  });
}

void PostedBook::apply(const std::vector<Change>& changes) {
  std::vector<PostedAlertRef> told;
  told.reserve(changes.size());
  for (const auto& [fingerprint, state, is_note] : changes) {
    Shard& s = shard(fingerprint);
    const std::lock_guard lock(s.mutex);
    if (is_note) {
      // Its end may have moved meanwhile, by a post that only repeats it.
      const auto noted = s.entries.find(fingerprint);
      if (noted != s.entries.end()) {
        noted->second.state.place.last_entry = state.place.last_entry;
      }
      continue;
    }
    if (!state.alert) {
      const auto gone = s.entries.find(fingerprint);
      if (gone == s.entries.end()) continue;
      count_name(*gone->second.state.alert, -1);
      s.entries.erase(gone);
      --size_;
      continue;
    }
    const auto [found, is_new] = s.entries.try_emplace(fingerprint);
    const bool was_firing = !is_new && !found->second.state.is_ended;
    found->second.state = state;
    if (was_firing && state.is_ended) --firing_;
    if (!was_firing && !state.is_ended) ++firing_;
    if (is_new) {
      ++size_;
      count_name(*state.alert, 1);
    }
    enqueue(fingerprint, found->second, due_of(state));
    told.push_back(state.alert);
  }
  size_metric_.set(static_cast<double>(size()));
  if (told.empty()) return;
  for (PostedListener* listener : listeners_) listener->on_posted(told);
}

void PostedBook::count_name(const PostedAlert& alert, int by) {
  if (limits_.per_alertname == 0) return;
  const std::lock_guard lock(names_mutex_);
  const auto found = by_name_.try_emplace(std::string(alert.labels.get("alertname"))).first;
  found->second += static_cast<size_t>(by);
  if (found->second == 0) by_name_.erase(found);
}

// --- ends

// When it has to be looked at again.
Time PostedBook::due_of(const State& state) const {
  const auto steady = steady_at(state.flapping, limits_.flapping);
  if (state.is_ended) return steady.value_or(state.alert->ends + limits_.keep_resolved);
  return std::min(state.alert->ends, steady.value_or(state.alert->ends));
}

void PostedBook::enqueue(uint64_t fingerprint, Entry& entry, Time at) {
  if (entry.queued <= at) return;
  entry.queued = at;
  const std::lock_guard lock(due_mutex_);
  due_.push({at, fingerprint});
}

void PostedBook::requeue(std::span<const uint64_t> fingerprints, Time not_before) {
  for (const uint64_t fingerprint : fingerprints) {
    Shard& s = shard(fingerprint);
    const std::lock_guard lock(s.mutex);
    const auto found = s.entries.find(fingerprint);
    if (found == s.entries.end()) continue;
    enqueue(fingerprint, found->second, std::max(due_of(found->second.state), not_before));
  }
}

Time PostedBook::expire(Time now, const std::function<bool(uint64_t)>& is_held) {
  Dues dues;
  std::vector<uint64_t> later, held;
  Time next = now + kLongestWait;
  while (dues.size() < kMostEnds) {
    Due due;
    {
      const std::lock_guard lock(due_mutex_);
      if (due_.empty()) break;
      if (due_.top().at > now) {
        next = std::min(next, due_.top().at);
        break;
      }
      due = due_.top();
      due_.pop();
    }
    const uint64_t fingerprint = due.fingerprint;
    State state;
    {
      Shard& s = shard(fingerprint);
      const std::lock_guard lock(s.mutex);
      const auto found = s.entries.find(fingerprint);
      if (found == s.entries.end() || found->second.queued != due.at) continue;
      found->second.queued = Time::max();
      state = found->second.state;
    }
    const auto steady = steady_at(state.flapping, limits_.flapping);
    if (!state.is_ended && state.alert->is_resolved(now)) {
      dues.ended.push_back(fingerprint);
    } else if (steady && *steady <= now) {
      dues.steady.push_back(fingerprint);
    } else if (!state.is_ended || steady || state.alert->ends + limits_.keep_resolved > now) {
      later.push_back(fingerprint);
    } else {
      (is_held(fingerprint) ? held : dues.forgotten).push_back(fingerprint);
    }
  }
  requeue(later, now);
  requeue(held, now + kLookAgain);
  if (dues.size() == 0) return next;
  if (dues.size() == kMostEnds) next = now;

  const std::vector<uint64_t> all = dues.all();
  engine_.submit(
      [this, dues = std::move(dues), now](engine::Tx& tx) { return write_ends(tx, dues, now); },
      [this, all, now](const Result<>& result) {
        if (!result) {
          log_.warn("the ends of alerts could not be written; they are tried again",
                    {{"alerts", all.size()}, {"error", result.error()}});
        }
        requeue(all, result ? now : now + kTryAgain);
      });
  return next;
}

}  // namespace tocsin::alert
