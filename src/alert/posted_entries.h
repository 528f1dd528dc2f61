#pragma once

#include <algorithm>
#include <string_view>

#include "alert/posted_store.h"
#include "engine/engine.h"

// The entries of PostedBook in the logbook, and what its files compare; for these alone.
namespace tocsin::alert {

// Annotations and generator URL: what a post may change of an alert that goes on.
inline bool has_same_words(const routing::PostedAlert& known, const routing::PostedView& post) {
  return known.annotations.bytes() == post.annotations && known.generator_url == post.generator_url;
}

// Appends an entry that names the one before it, and moves the place to it.
inline Result<> append_entry(engine::Tx& tx, uint64_t fingerprint, PostedPlace& place,
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

inline Result<> append_fired(engine::Tx& tx, uint64_t fingerprint, PostedPlace& place,
                             const routing::PostedAlert& alert, const store::Actor& by) {
  return append_entry(tx, fingerprint, place, "posted_alert.fired", alert.starts,
                      {{"labels", alert.labels.to_text()}}, by);
}

inline Result<> append_resolved(engine::Tx& tx, uint64_t fingerprint, PostedPlace& place,
                                const routing::PostedAlert& alert, std::string_view why,
                                const store::Actor& by) {
  return append_entry(tx, fingerprint, place, "posted_alert.resolved", alert.ends,
                      {{"labels", alert.labels.to_text()}, {"why", why}}, by);
}

inline constexpr std::string_view kPosted = "posted as resolved";
inline constexpr std::string_view kRanOut = "its end passed and nobody posted it again";

}  // namespace tocsin::alert
