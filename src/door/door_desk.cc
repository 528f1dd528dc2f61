#include "door/door_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace tocsin::door {
namespace {

using routing::PostedAlert;
using routing::PostedAlertRef;

std::string_view kind_of(Mark::Kind kind) {
  switch (kind) {
    case Mark::Kind::kAcknowledge: return "posted_alert.acknowledged";
    case Mark::Kind::kUnacknowledge: return "posted_alert.unacknowledged";
    case Mark::Kind::kSnooze: return "posted_alert.snoozed";
    case Mark::Kind::kNote: return "posted_alert.noted";
  }
  return "posted_alert.noted";
}

codec::JsonObject data_of(const Mark& mark) {
  codec::JsonObject data{{"by", mark.source}};
  if (!mark.user.empty()) data["user"] = mark.user;
  if (!mark.note.empty()) data["note"] = mark.note;
  if (mark.until) data["until"] = to_rfc3339(*mark.until);
  return data;
}

// What it does to the alert's mark; nothing for a note.
alert::MarkBook::Change change_by(const Mark& mark, const store::Actor& actor) {
  const std::string by =
      mark.user.empty() ? actor.to_text() : fmt::format("{} ({})", actor.to_text(), mark.user);
  switch (mark.kind) {
    case Mark::Kind::kAcknowledge:
      return [=](const alert::Mark& old, Time now) {
        return alert::acknowledge(old, {by, now, mark.note});
      };
    case Mark::Kind::kUnacknowledge:
      return [](const alert::Mark& old, Time) { return alert::unacknowledge(old); };
    case Mark::Kind::kSnooze:
      return [=](const alert::Mark& old, Time now) {
        return alert::snooze(old, {by, now, mark.until.value_or(now), mark.note});
      };
    case Mark::Kind::kNote: break;
  }
  return [](const alert::Mark&, Time) { return std::optional<alert::Mark>(); };
}

// The known alert, over: what resolves it whatever its labels have become.
PostedAlert ended(const PostedAlert& known, Time ends, Time now) {
  PostedAlert out = known;
  out.ends = std::max(known.starts, ends);
  out.updated = now;
  out.is_timeout = false;
  return out;
}

}  // namespace

std::optional<Key> Key::of(const routing::Labels& labels) {
  const std::string_view dedup_key = labels.get(kKeyLabel);
  if (dedup_key.empty()) return std::nullopt;
  return Key{std::string(labels.get(kSourceLabel)), std::string(labels.get(kIntegrationLabel)),
             std::string(dedup_key)};
}

// 0xFF is in no UTF-8 text.
std::string Key::to_text() const { return source + '\xff' + integration + '\xff' + dedup_key; }

void DoorDesk::load() {
  const Time now = parts_.clock.now();
  const std::lock_guard lock(index_mutex_);
  for (const PostedAlertRef& alert : parts_.book.all()) {
    const auto key = Key::of(alert->labels);
    if (!key) continue;
    const auto [found, is_new] = index_.emplace(key->to_text(), alert->fingerprint());
    if (is_new) continue;
    // Under one key the one that is open, else the newest.
    const PostedAlertRef other = parts_.book.find(found->second);
    const auto rank = [&](const PostedAlert& a) {
      return std::pair(!a.is_resolved(now), a.updated);
    };
    if (!other || rank(*alert) > rank(*other)) found->second = alert->fingerprint();
  }
}

PostedAlertRef DoorDesk::find(const Key& key) const {
  uint64_t fingerprint = 0;
  {
    const std::lock_guard lock(index_mutex_);
    const auto found = index_.find(key.to_text());
    if (found == index_.end()) return nullptr;
    fingerprint = found->second;
  }
  return parts_.book.find(fingerprint);
}

PostedAlertRef DoorDesk::open(const Key& key) const {
  PostedAlertRef alert = find(key);
  return alert && !alert->is_resolved(parts_.clock.now()) ? alert : nullptr;
}

// In the order of the stripes, so that two posts with several keys cannot wait for each other.
std::vector<std::unique_lock<std::mutex>> DoorDesk::lock(
    const std::vector<std::optional<Key>>& keys) {
  std::vector<size_t> wanted;
  for (const auto& key : keys) {
    if (key) wanted.push_back(std::hash<std::string>()(key->to_text()) % kStripes);
  }
  std::ranges::sort(wanted);
  const auto repeated = std::ranges::unique(wanted);
  wanted.erase(repeated.begin(), repeated.end());
  std::vector<std::unique_lock<std::mutex>> out;
  out.reserve(wanted.size());
  for (const size_t stripe : wanted) out.emplace_back(stripes_[stripe]);
  return out;
}

Result<> DoorDesk::post(std::vector<PostedAlert> alerts, const store::Actor& by) {
  std::vector<std::optional<Key>> keys;
  keys.reserve(alerts.size());
  for (const PostedAlert& alert : alerts) keys.push_back(Key::of(alert.labels));
  const auto locks = lock(keys);

  const Time now = parts_.clock.now();
  std::vector<PostedAlert> posts;
  std::vector<std::pair<std::string, uint64_t>> posted;
  std::unordered_map<std::string, PostedAlert> said;  // by this request, by key
  for (size_t i = 0; i < alerts.size(); ++i) {
    PostedAlert& alert = alerts[i];
    if (!keys[i]) {
      posts.push_back(std::move(alert));
      continue;
    }
    const std::string key = keys[i]->to_text();
    std::optional<PostedAlert> known;
    if (const auto before = said.find(key); before != said.end()) {
      if (!before->second.is_resolved(now)) known = before->second;
    } else if (const PostedAlertRef open_one = open(*keys[i])) {
      known = *open_one;
    }
    if (alert.is_resolved(now)) {
      if (!known) continue;  // nobody is waiting for it
      alert = ended(*known, alert.ends, now);
    } else if (known) {
      alert.starts = std::min(alert.starts, known->starts);
      if (known->labels != alert.labels) posts.push_back(ended(*known, now, now));
    }
    posted.emplace_back(key, alert.fingerprint());
    said.insert_or_assign(key, alert);
    posts.push_back(std::move(alert));
  }
  if (posts.empty()) return {};
  auto result = parts_.book.put(posts, by);
  // Where a limit left one out, the others are kept.
  if (result || result.error().code == Code::kResourceExhausted) note(posted);
  return result;
}

void DoorDesk::note(const std::vector<std::pair<std::string, uint64_t>>& posted) {
  const std::lock_guard lock(index_mutex_);
  for (const auto& [key, fingerprint] : posted) {
    if (parts_.book.find(fingerprint)) index_.insert_or_assign(key, fingerprint);
  }
  if (index_.size() > 2 * parts_.book.size() + 1000) forget_gone();
}

void DoorDesk::forget_gone() {
  std::erase_if(index_, [this](const auto& entry) { return !parts_.book.find(entry.second); });
}

Result<bool> DoorDesk::mark(const Key& key, const Mark& mark, const store::Actor& by) {
  const auto locks = lock({key});
  const PostedAlertRef alert = open(key);
  if (!alert) return false;
  const uint64_t fingerprint = alert->fingerprint();
  const auto write = [&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(parts_.book.note(tx, fingerprint, kind_of(mark.kind), data_of(mark), by));
    return parts_.marks ? parts_.marks->apply(tx, fingerprint, change_by(mark, by)) : Result<>();
  };
  RETURN_IF_ERROR(parts_.engine.run(write));
  return true;
}

}  // namespace tocsin::door
