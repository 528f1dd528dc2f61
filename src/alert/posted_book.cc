#include "alert/posted_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/posted_entries.h"

namespace tocsin::alert {
namespace {

using routing::Labels;
using routing::PostedAlert;
using routing::PostedAlertRef;
using routing::PostedView;

constexpr size_t kMostTogether = 32;  // new alerts whose texts are in memory at once

std::string_view name_of(const PostedView& post) {
  return Labels::value_in(post.labels, "alertname");
}

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
    row.alert.is_over = row.is_ended;
    const uint64_t fingerprint = row.alert.fingerprint();
    count_name(row.alert.labels.get("alertname"), 1);
    if (!row.is_ended) ++firing_;
    Shard& s = shard(fingerprint);
    const std::lock_guard lock(s.mutex);
    Entry& entry = s.entries[fingerprint];
    entry.state = {std::make_shared<PostedAlert>(std::move(row.alert)),
                   row.is_ended,
                   row.place,
                   row.flapping,
                   {}};
    if (!row.is_ended) give_again(entry.state, now);
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

void PostedBook::count_received(std::span<const PostedView> alerts, Time now) {
  const auto resolved = static_cast<size_t>(std::ranges::count_if(
      alerts, [now](const PostedView& post) { return post.is_resolved(now); }));
  firing_metric_.add(alerts.size() - resolved);
  resolved_metric_.add(resolved);
}

namespace {

std::vector<PostedView> views_of(const std::vector<PostedAlert>& alerts) {
  std::vector<PostedView> views;
  views.reserve(alerts.size());
  for (const PostedAlert& alert : alerts) views.push_back(PostedView::of(alert));
  return views;
}

}  // namespace

Result<> PostedBook::put(const std::vector<PostedAlert>& alerts, const store::Actor& by) {
  return put(views_of(alerts), by);
}

Result<> PostedBook::put(std::span<const PostedView> alerts, const store::Actor& by) {
  const Time now = clock_.now();
  count_received(alerts, now);
  std::vector<PostedView> news = take_repeats(alerts, now);
  if (news.empty()) return {};
  const Result<> admitted = admit(news);
  if (!news.empty()) {
    RETURN_IF_ERROR(
        engine_.run([this, &news, &by, now](engine::Tx& tx) { return write(tx, news, by, now); }));
  }
  return admitted;
}

Result<> PostedBook::put_in(engine::Tx& tx, const std::vector<PostedAlert>& alerts,
                            const store::Actor& by) {
  const Time now = clock_.now();
  std::vector<PostedView> news = views_of(alerts);
  count_received(news, now);
  RETURN_IF_ERROR(admit(news));
  return write(tx, news, by, now);
}

Duration PostedBook::lasts_of(const State& state) {
  const PostedAlert& alert = *state.alert;
  return std::max(alert.ends - state.given_again.value_or(alert.updated), Duration(0));
}

// As long from now as its sender asked for.
void PostedBook::give_again(State& state, Time now) {
  const Duration lasts = lasts_of(state);
  PostedAlert& alert = writable(state.alert);
  alert.ends = now + lasts;
  // A guess of ours: what the sender says next holds, even if it is earlier.
  alert.is_timeout = true;
  state.given_again = now;
}

void PostedBook::clock_was_set(Time now) {
  std::vector<PostedAlertRef> given;
  for (Shard& s : shards_) {
    const std::lock_guard lock(s.mutex);
    for (auto& [fingerprint, entry] : s.entries) {
      if (!entry.state.is_ended) {
        give_again(entry.state, now);
        given.push_back(entry.state.alert);
      }
      entry.queued = Time::max();  // its old place in the queue may be hours away
      enqueue(fingerprint, entry, due_of(entry.state));
    }
  }
  if (given.empty()) return;
  for (PostedListener* listener : listeners_) listener->on_posted(given);
}

Result<> PostedBook::admit(std::vector<PostedView>& news) {
  size_t room = limits_.max_alerts > size() ? limits_.max_alerts - size() : 0;
  if (room >= news.size() && limits_.per_alertname == 0) return {};
  std::string refused;
  size_t count = 0;
  std::unordered_map<std::string, size_t> added;
  std::erase_if(news, [&](const PostedView& post) {
    if (find(post.fingerprint)) return false;
    const std::string name(name_of(post));
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
  if (const auto found = staged_.find(fingerprint); found != staged_.end()) {
    return *found->second->state;
  }
  const Shard& s = shard(fingerprint);
  const std::lock_guard lock(s.mutex);
  const auto found = s.entries.find(fingerprint);
  return found == s.entries.end() ? State() : found->second.state;
}

// New alerts that stand together are written together.
Result<> PostedBook::write(engine::Tx& tx, std::span<const PostedView> news, const store::Actor& by,
                           Time now) {
  std::vector<Change> changes;
  changes.reserve(news.size());
  // One alert twice in one request: the second sees the first.
  std::vector<uint64_t> fingerprints;
  fingerprints.reserve(news.size());
  for (const PostedView& post : news) fingerprints.push_back(post.fingerprint);
  std::ranges::sort(fingerprints);
  const bool has_twins = std::ranges::adjacent_find(fingerprints) != fingerprints.end();
  std::vector<PostedView> unknown;
  const auto write_unknown = [&]() -> Result<> {
    for (size_t at = 0; at < unknown.size(); at += kMostTogether) {
      const auto piece =
          std::span(unknown).subspan(at).first(std::min(kMostTogether, unknown.size() - at));
      RETURN_IF_ERROR(write_new(tx, piece, by, changes));
    }
    unknown.clear();
    return {};
  };
  for (const PostedView& post : news) {
    const State old = current(post.fingerprint);
    if (old.alert) {
      RETURN_IF_ERROR(write_unknown());
      RETURN_IF_ERROR(write_over(tx, old, post, by, now, changes));
    } else if (!post.is_resolved(now)) {
      unknown.push_back(post);
    } else if (is_awaited_ && is_awaited_(post.to_alert())) {
      RETURN_IF_ERROR(write_awaited_end(tx, post, by, changes));
    }  // else nobody was told, and there is nothing to end
    if (has_twins) {
      RETURN_IF_ERROR(write_unknown());
      stage(tx, std::exchange(changes, {}));
    }
  }
  RETURN_IF_ERROR(write_unknown());
  stage(tx, std::move(changes));
  return {};
}

namespace {

// The logbook's lines about new alerts, with the texts that they point to.
class FiredLines {
 public:
  FiredLines(std::span<const PostedView> news, Time recorded) {
    std::string labels;
    std::vector<size_t> ends;  // of a subject, of its data, ...
    ends.reserve(news.size() * 2);
    for (const PostedView& post : news) {
      texts_ += routing::fingerprint_text(post.fingerprint);
      ends.push_back(texts_.size());
      labels.clear();
      Labels::append_text(labels, post.labels);
      texts_ += R"({"labels":)";
      codec::append_text(texts_, labels);
      texts_ += '}';
      ends.push_back(texts_.size());
    }
    lines_.reserve(news.size());
    size_t begin = 0;
    for (size_t i = 0; i < news.size(); ++i) {
      const std::string_view texts = texts_;
      const size_t middle = ends[2 * i], end = ends[2 * i + 1];
      lines_.push_back({std::min(news[i].starts, recorded), "posted_alert.fired", "posted_alert",
                        texts.substr(begin, middle - begin), "",
                        texts.substr(middle, end - middle)});
      begin = end;
    }
  }
  FiredLines(const FiredLines&) = delete;
  FiredLines& operator=(const FiredLines&) = delete;
  std::span<const store::LogbookLine> lines() const { return lines_; }

 private:
  std::string texts_;
  std::vector<store::LogbookLine> lines_;
};

}  // namespace

// Alerts that nobody knows and that fire.
Result<> PostedBook::write_new(engine::Tx& tx, std::span<const PostedView> news,
                               const store::Actor& by, std::vector<Change>& changes) {
  const FiredLines fired(news, tx.now());
  RETURN_IF_ERROR(tx.append(by, fired.lines()));
  int64_t entry = tx.last_seq() - std::ssize(news);
  std::vector<NewPosted> rows;
  rows.reserve(news.size());
  for (const PostedView& post : news) rows.push_back({{++last_number_, ++entry}, post});
  RETURN_IF_ERROR(insert_posted(tx.sql(), rows));
  for (const auto& [place, post, _] : rows) {
    changes.push_back({.fingerprint = post.fingerprint,
                       .state = {std::make_shared<PostedAlert>(post.to_alert()), false, place}});
  }
  return {};
}

// The end of an alert that was told elsewhere and never posted here.
Result<> PostedBook::write_awaited_end(engine::Tx& tx, const PostedView& post,
                                       const store::Actor& by, std::vector<Change>& changes) {
  auto alert = std::make_shared<PostedAlert>(post.to_alert());
  alert->is_over = true;
  PostedPlace place{++last_number_, 0};
  RETURN_IF_ERROR(append_resolved(tx, post.fingerprint, place, *alert, kPosted, by));
  const NewPosted row{place, post, true};
  RETURN_IF_ERROR(insert_posted(tx.sql(), std::span(&row, 1)));
  changes.push_back({.fingerprint = post.fingerprint, .state = {std::move(alert), true, place}});
  return {};
}

Result<> PostedBook::write_over(engine::Tx& tx, const State& old, const PostedView& post,
                                const store::Actor& by, Time now, std::vector<Change>& changes) {
  const uint64_t fingerprint = post.fingerprint;
  auto next = std::make_shared<PostedAlert>(routing::merge(*old.alert, post.to_alert(), now));
  const bool is_ended = next->is_resolved(now);
  next->is_over = is_ended;

  PostedPlace place = old.place;
  const bool was_open = !old.is_ended;
  // It ran out, nobody wrote that down yet, and now it fires anew.
  const bool had_gap = was_open && old.alert->is_resolved(now) && old.alert->ends < next->starts;
  Flapping flapping = old.flapping;
  if (had_gap) {
    RETURN_IF_ERROR(append_resolved(tx, fingerprint, place, *old.alert, kRanOut, by));
    RETURN_IF_ERROR(firing_ended_(tx, fingerprint));
  }
  const bool began = had_gap || (old.is_ended && !is_ended);
  if (began && !is_ended) RETURN_IF_ERROR(append_fired(tx, fingerprint, place, *next, by));
  if (is_ended && (began || was_open)) {
    RETURN_IF_ERROR(append_resolved(tx, fingerprint, place, *next, kPosted, by));
    RETURN_IF_ERROR(firing_ended_(tx, fingerprint));
  }
  if (began || (is_ended && was_open)) {
    RETURN_IF_ERROR(note_change(tx, fingerprint, *next, now, place, flapping));
  }

  if (began || old.is_ended != is_ended || !has_same_words(*old.alert, PostedView::of(*next)) ||
      old.alert->starts != next->starts || (is_ended && old.alert->ends != next->ends)) {
    RETURN_IF_ERROR(update_posted(tx.sql(), place, *next, is_ended, flapping));
  }
  changes.push_back({.fingerprint = fingerprint,
                     .state = {std::move(next), is_ended, place, flapping},
                     .seen = old.alert});
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
    if (is_new) {
      changes.push_back(
          {.fingerprint = note.fingerprint, .state = current(note.fingerprint), .is_note = true});
    }
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
      : book_(book), changes_(std::move(changes)), staged_(changes_.size()) {
    for (size_t i = 0; i < changes_.size(); ++i) {
      Staged*& newest = book_.staged_[changes_[i].fingerprint];
      staged_[i] = {&changes_[i].state, newest};
      newest = &staged_[i];
    }
  }
  // Stages may end in any order.
  ~Stage() {
    for (size_t i = 0; i < changes_.size(); ++i) {
      const auto newest = book_.staged_.find(changes_[i].fingerprint);
      Staged** link = &newest->second;
      while (*link != &staged_[i]) link = &(*link)->before;
      *link = staged_[i].before;
      if (newest->second == nullptr) book_.staged_.erase(newest);
    }
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  const std::vector<Change>& changes() const { return changes_; }

 private:
  PostedBook& book_;
  const std::vector<Change> changes_;
  std::vector<Staged> staged_;  // one for each change
};

// Readers see it when it is durable; the commands behind it in this batch see it now.
void PostedBook::stage(engine::Tx& tx, std::vector<Change> changes) {
  if (changes.empty()) return;
  tx.after_commit([this, staged = std::make_unique<Stage>(*this, std::move(changes))] {
    apply(staged->changes());
  });
}

namespace {

// An alert that was written while a repeat moved the end of the `known` one: of the two ends the
// one that merge() takes.
std::shared_ptr<PostedAlert> with_end_of(const PostedAlert& known, const PostedAlert& written) {
  const bool is_later = known.updated >= written.updated;
  const PostedAlert& earlier = is_later ? written : known;
  const PostedAlert& later = is_later ? known : written;
  auto next = std::make_shared<PostedAlert>(written);
  next->ends = earlier.is_timeout ? later.ends : std::max(earlier.ends, later.ends);
  next->updated = later.updated;
  next->is_timeout = later.is_timeout;
  return next;
}

}  // namespace

void PostedBook::apply(const std::vector<Change>& changes) {
  std::vector<PostedAlertRef> told;
  told.reserve(changes.size());
  for (const auto& [fingerprint, state, is_note, seen] : changes) {
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
      count_name(gone->second.state.alert->labels.get("alertname"), -1);
      s.entries.erase(gone);
      --size_;
      continue;
    }
    const auto [found, is_new] = s.entries.try_emplace(fingerprint);
    const bool was_firing = !is_new && !found->second.state.is_ended;
    // Not the one that the writer looked at: posts have repeated it since.
    const std::shared_ptr<PostedAlert> known = std::exchange(found->second.state, state).alert;
    if (known && seen && known != seen) {
      if (!state.is_ended) {
        found->second.state.alert = with_end_of(*known, *state.alert);
      } else if (known->ends > state.alert->ends) {
        say_again(known);
      }
    }
    if (was_firing && state.is_ended) --firing_;
    if (!was_firing && !state.is_ended) ++firing_;
    if (is_new) {
      ++size_;
      count_name(state.alert->labels.get("alertname"), 1);
    }
    enqueue(fingerprint, found->second, due_of(found->second.state));
    told.push_back(found->second.state.alert);
  }
  size_metric_.set(static_cast<double>(size()));
  if (told.empty()) return;
  for (PostedListener* listener : listeners_) listener->on_posted(told);
}

// It was written as resolved while a post said that it still fires. That came last, so it holds.
void PostedBook::say_again(PostedAlertRef alert) {
  engine_.submit(
      [this, alert = std::move(alert)](engine::Tx& tx) {
        const PostedView post = PostedView::of(*alert);
        return write(tx, std::span(&post, 1), store::system_actor("posted-book"), clock_.now());
      },
      [this](const Result<>& result) {
        if (result) return;
        log_.warn("an alert fires and could not be written; it waits for its next post",
                  {{"error", result.error()}});
      });
}

void PostedBook::count_name(std::string_view name, int by) {
  if (limits_.per_alertname == 0) return;
  const std::lock_guard lock(names_mutex_);
  const auto found = by_name_.try_emplace(std::string(name)).first;
  found->second += static_cast<size_t>(by);
  if (found->second == 0) by_name_.erase(found);
}

}  // namespace tocsin::alert
