#include "alert/silence_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/silence_store.h"

namespace tocsin::alert {
namespace {

using routing::Labels;
using routing::Silence;
using routing::SilenceState;

// Answers kept a cache; beyond it they are found again.
constexpr size_t kMostAnswers = 65'536;

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// name 0xFF value, as it stands in the block of a label set.
std::string pair_key(std::string_view name, std::string_view value) {
  return fmt::format("{}\xff{}", name, value);
}
std::string_view pair_key(const routing::LabelPair& pair) {
  return {pair.first.data(),
          static_cast<size_t>(pair.second.data() + pair.second.size() - pair.first.data())};
}

size_t bytes_of(const Silence& silence) {
  size_t bytes =
      silence.created_by.size() + silence.comment.size() + silence.annotations.bytes().size();
  for (const auto& m : silence.matchers) bytes += m.name().size() + m.value().size();
  return bytes;
}

}  // namespace

// The active silences of a stretch of time in which none starts or ends. Those with a condition
// "label is this value" are found by it, the others are all tried. Immutable.
struct SilenceBook::Index {
  uint64_t version = 0;
  uint64_t changes = 0;
  Time from, until;
  std::unordered_map<std::string, std::vector<SilenceRef>, TextHash, std::equal_to<>> by_pair;
  std::vector<SilenceRef> others;

  void add(const SilenceRef& silence) {
    for (const auto& m : silence->matchers) {
      if (m.op() == routing::MatchOp::kEqual && !m.value().empty()) {
        by_pair[pair_key(m.name(), m.value())].push_back(silence);
        return;
      }
    }
    others.push_back(silence);
  }
  bool empty() const { return by_pair.empty() && others.empty(); }

  std::vector<std::string> matching(const Labels& labels) const {
    std::vector<std::string> ids;
    const auto take = [&](const std::vector<SilenceRef>& silences) {
      for (const auto& s : silences) {
        if (routing::all_match(s->matchers, labels)) ids.push_back(s->id);
      }
    };
    if (!by_pair.empty()) {
      for (const auto& pair : labels) {
        if (const auto found = by_pair.find(pair_key(pair)); found != by_pair.end()) {
          take(found->second);
        }
      }
    }
    take(others);
    std::ranges::sort(ids);
    return ids;
  }
};

SilenceBook::SilenceBook(engine::Engine& engine, const Clock& clock, Rng& rng, Metrics& metrics,
                         Limits limits)
    : engine_(engine),
      clock_(clock),
      rng_(rng),
      limits_(limits),
      active_metric_(metrics.gauge("alertmanager_silences", "How many silences by state.",
                                   {{"state", "active"}})),
      pending_metric_(metrics.gauge("alertmanager_silences", "How many silences by state.",
                                    {{"state", "pending"}})),
      expired_metric_(metrics.gauge("alertmanager_silences", "How many silences by state.",
                                    {{"state", "expired"}})),
      queries_metric_(metrics.counter("alertmanager_silences_queries_total",
                                      "How many silence queries were received.")) {}

SilenceBook::~SilenceBook() = default;

Result<> SilenceBook::load(store::Session& sql) {
  ASSIGN_OR_RETURN(auto all, all_silences(sql));
  for (Silence& silence : all) put(std::move(silence));
  count(clock_.now());
  return {};
}

void SilenceBook::put(Silence silence) {
  auto ref = std::make_shared<const Silence>(std::move(silence));
  {
    const std::unique_lock lock(mutex_);
    silences_[ref->id] = ref;
    ++changes_;
  }
  recount_soon();
}

std::string SilenceBook::new_id() {
  // RFC 9562, version 4.
  std::array<unsigned char, 16> bytes{};
  rng_.fill(bytes);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string id;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += fmt::format("{:02x}", bytes[i]);
  }
  return id;
}

Result<> SilenceBook::check_limits(const Silence& silence, bool is_new) const {
  if (limits_.max_bytes > 0 && bytes_of(silence) > limits_.max_bytes) {
    return invalid(fmt::format("silence exceeded maximum size: {} bytes (limit: {} bytes)",
                               bytes_of(silence), limits_.max_bytes));
  }
  const std::shared_lock lock(mutex_);
  if (is_new && limits_.max_silences > 0 && silences_.size() >= limits_.max_silences) {
    return fail(
        Code::kResourceExhausted,
        fmt::format("exceeded maximum number of silences: {} (limit: {}); expired ones count "
                    "until they are forgotten",
                    silences_.size(), limits_.max_silences));
  }
  return {};
}

Result<> SilenceBook::write(engine::Tx& tx, const Silence& silence, const char* kind,
                            const store::Actor& by, const std::string& replaces) {
  RETURN_IF_ERROR(write_silence(tx.sql(), silence));
  store::LogbookEntry entry;
  entry.happened = tx.now();
  entry.actor = by;
  entry.kind = kind;
  entry.subject_kind = "silence";
  entry.subject_id = silence.id;
  entry.data = {{"matchers", routing::to_text(silence.matchers)},
                {"starts", to_rfc3339(silence.starts)},
                {"ends", to_rfc3339(silence.ends)},
                {"created_by", silence.created_by},
                {"comment", silence.comment}};
  if (!replaces.empty()) entry.data["replaces"] = replaces;
  RETURN_IF_ERROR(tx.append(std::move(entry)));
  tx.after_commit([this, silence] {
    put(silence);
    if (listener_) listener_(silence);
  });
  return {};
}

Result<std::string> SilenceBook::set(Silence wanted, const store::Actor& by) {
  std::string id;
  RETURN_IF_ERROR(engine_.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(id, set(tx, wanted, by));
    return {};
  }));
  count(clock_.now());
  return id;
}

Result<std::string> SilenceBook::set(engine::Tx& tx, Silence wanted, const store::Actor& by) {
  const Time now = clock_.now();
  std::optional<Silence> existing;
  if (!wanted.id.empty()) {
    // The row, not the memory: an earlier command of this batch may have changed it.
    ASSIGN_OR_RETURN(existing, read_silence(tx.sql(), wanted.id));
  }
  using Kind = routing::SilenceChange::Kind;
  ASSIGN_OR_RETURN(auto change,
                   routing::plan_change(existing ? &*existing : nullptr, std::move(wanted), now));
  RETURN_IF_ERROR(check_limits(change.silence, change.kind != Kind::kUpdate));
  std::string replaces;
  if (change.kind == Kind::kReplace && existing) {
    replaces = existing->id;
    if (existing->state(now) != SilenceState::kExpired) {
      const Silence ended = routing::expire(*existing, now);
      RETURN_IF_ERROR(write(tx, ended, "silence.expired", by));
    }
  }
  Silence& silence = change.silence;
  silence.updated = now;
  if (change.kind != Kind::kUpdate) silence.id = new_id();
  const bool is_update = change.kind == Kind::kUpdate;
  RETURN_IF_ERROR(
      write(tx, silence, is_update ? "silence.updated" : "silence.created", by, replaces));
  return silence.id;
}

Result<> SilenceBook::expire(const std::string& id, const store::Actor& by) {
  RETURN_IF_ERROR(engine_.run([&](engine::Tx& tx) { return expire(tx, id, by); }));
  count(clock_.now());
  return {};
}

Result<> SilenceBook::expire(engine::Tx& tx, const std::string& id, const store::Actor& by) {
  const Time now = clock_.now();
  ASSIGN_OR_RETURN(auto existing, read_silence(tx.sql(), id));
  if (!existing) return not_found("silence not found");
  if (existing->state(now) == SilenceState::kExpired) return {};
  Silence ended = routing::expire(*std::move(existing), now);
  ended.updated = now;
  return write(tx, ended, "silence.expired", by);
}

// silence/silence.go, merge: the newer `updated`. What is forgotten here does not come back.
void SilenceBook::merge(std::vector<Silence> heard, const std::string& peer,
                        engine::Engine::Done done) {
  engine_.submit(
      [this, heard = std::move(heard), peer](engine::Tx& tx) -> Result<> {
        for (const Silence& silence : heard) {
          ASSIGN_OR_RETURN(const auto row, read_silence(tx.sql(), silence.id));
          if (row && row->updated >= silence.updated) continue;
          if (silence.ends + limits_.retention <= tx.now()) continue;
          const bool is_over = silence.state(tx.now()) == SilenceState::kExpired;
          const char* kind = is_over ? "silence.expired"
                             : row   ? "silence.updated"
                                     : "silence.created";
          RETURN_IF_ERROR(write(tx, silence, kind, {"peer", peer}));
        }
        tx.after_commit([this] { count(clock_.now()); });
        return {};
      },
      std::move(done));
}

std::optional<Silence> SilenceBook::find(const std::string& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = silences_.find(id);
  if (found == silences_.end()) return std::nullopt;
  return *found->second;
}

std::vector<Silence> SilenceBook::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<Silence> all;
  all.reserve(silences_.size());
  for (const auto& [_, silence] : silences_) all.push_back(*silence);
  return all;
}

// --- which of them mute an alert

std::shared_ptr<const SilenceBook::Index> SilenceBook::index(Time now) const {
  const std::lock_guard lock(index_mutex_);
  const std::shared_lock silences_lock(mutex_);
  if (index_ && index_->changes == changes_ && now >= index_->from && now < index_->until) {
    return index_;
  }
  auto next = std::make_shared<Index>();
  next->version = ++last_version_;
  next->changes = changes_;
  next->from = now;
  next->until = Time::max();
  for (const auto& [_, silence] : silences_) {
    if (silence->starts > now) next->until = std::min(next->until, silence->starts);
    if (silence->ends > now) next->until = std::min(next->until, silence->ends);
    if (silence->state(now) == SilenceState::kActive) next->add(silence);
  }
  index_ = std::move(next);
  return index_;
}

std::vector<std::string> SilenceBook::muting(const Labels& labels, uint64_t fingerprint,
                                             Time now) const {
  queries_metric_.add();
  const auto current = index(now);
  if (current->empty()) return {};
  Cache& cache = caches_[fingerprint % caches_.size()];
  {
    const std::lock_guard lock(cache.mutex);
    const auto found = cache.answers.find(fingerprint);
    if (found != cache.answers.end() && found->second.version == current->version) {
      return found->second.ids;
    }
  }
  std::vector<std::string> ids = current->matching(labels);
  const std::lock_guard lock(cache.mutex);
  if (cache.answers.size() >= kMostAnswers) cache.answers.clear();
  cache.answers[fingerprint] = {current->version, ids};
  return ids;
}

void SilenceBook::keep_count(Time now) const {
  {
    const std::lock_guard lock(count_mutex_);
    if (now >= counted_ && now < counted_until_) return;
  }
  count(now);
}

void SilenceBook::recount_soon() {
  const std::lock_guard lock(count_mutex_);
  counted_until_ = Time::min();
}

void SilenceBook::count(Time now) const {
  const std::lock_guard count_lock(count_mutex_);
  size_t active = 0, pending = 0, expired = 0;
  counted_ = now;
  counted_until_ = Time::max();
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [_, silence] : silences_) {
      for (const Time change : {silence->starts, silence->ends}) {
        if (change > now) counted_until_ = std::min(counted_until_, change);
      }
      switch (silence->state(now)) {
        case SilenceState::kActive: ++active; break;
        case SilenceState::kPending: ++pending; break;
        case SilenceState::kExpired: ++expired; break;
      }
    }
  }
  active_metric_.set(static_cast<double>(active));
  pending_metric_.set(static_cast<double>(pending));
  expired_metric_.set(static_cast<double>(expired));
}

void SilenceBook::collect(Time now) {
  count(now);
  std::vector<std::string> old;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, silence] : silences_) {
      if (silence->ends + limits_.retention <= now) old.push_back(id);
    }
  }
  if (old.empty()) return;
  engine_.submit(
      [this, old = std::move(old), now](engine::Tx& tx) -> Result<> {
        for (const std::string& id : old) {
          // It may have been given a new end since, in this very batch.
          ASSIGN_OR_RETURN(const auto row, read_silence(tx.sql(), id));
          if (!row || row->ends + limits_.retention > now) continue;
          RETURN_IF_ERROR(delete_silence(tx.sql(), id));
          tx.after_commit([this, id] {
            {
              const std::unique_lock lock(mutex_);
              silences_.erase(id);
              ++changes_;
            }
            recount_soon();
          });
        }
        return {};
      },
      [](const Result<>&) {});  // the next collect() finds what is left
}

}  // namespace tocsin::alert
