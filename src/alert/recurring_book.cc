#include "alert/recurring_book.h"

#include <fmt/format.h>

#include "alert/recurring_store.h"
#include "alert/silence_store.h"

namespace tocsin::alert {
namespace {

constexpr const char* kTimer = "silence.recurring";

Result<> append(engine::Tx& tx, const RecurringSilence& silence, const char* kind,
                const store::Actor& by) {
  store::LogbookEntry entry;
  entry.happened = tx.now();
  entry.actor = by;
  entry.kind = kind;
  entry.subject_kind = "recurring_silence";
  entry.subject_id = silence.id;
  entry.data = {{"matchers", routing::to_text(silence.matchers)},
                {"rule", silence.when.rule()},
                {"start", calendar::to_text(silence.when.start())},
                {"zone", silence.when.zone().name()},
                {"lasts", to_text(silence.lasts)},
                {"created_by", silence.created_by},
                {"comment", silence.comment}};
  return tx.append(std::move(entry));
}

}  // namespace

RecurringBook::RecurringBook(engine::Engine& engine, SilenceBook& silences)
    : engine_(engine), silences_(silences) {
  engine.on_timer(kTimer, [this](engine::Tx& tx, const std::string& id) { return on_due(tx, id); });
}

Result<RecurringSilence> RecurringBook::add(RecurringSilence wanted, const store::Actor& by) {
  RETURN_IF_ERROR(engine_.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(check(wanted, tx.now()));
    ASSIGN_OR_RETURN(const int64_t count, count_recurring(tx.sql()));
    if (count >= kMost) {
      return fail(Code::kResourceExhausted,
                  fmt::format("there are {} recurring silences, the most that are kept; delete one",
                              count));
    }
    wanted.id = tx.new_id("rec");
    wanted.created = tx.now();
    // An occurrence that runs already counts.
    wanted.next = wanted.when.first_from(tx.now() - wanted.lasts + Duration(1))->time;
    RETURN_IF_ERROR(insert_recurring(tx.sql(), wanted));
    RETURN_IF_ERROR(append(tx, wanted, "silence.recurring_created", by));
    return make_due(tx, wanted);
  }));
  return wanted;
}

Result<> RecurringBook::remove(const std::string& id, const store::Actor& by) {
  return engine_.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto silence, read_recurring(tx.sql(), id));
    if (!silence) return not_found(fmt::format("there is no recurring silence '{}'", id));
    RETURN_IF_ERROR(tx.cancel_timer(kTimer, id));
    RETURN_IF_ERROR(delete_recurring(tx.sql(), id));
    RETURN_IF_ERROR(append(tx, *silence, "silence.recurring_deleted", by));
    // The rows, not the memory: this batch may have made one.
    ASSIGN_OR_RETURN(const auto all, all_silences(tx.sql()));
    for (const routing::Silence& one : all) {
      if (one.annotations.get(kRecurringAnnotation) != id) continue;
      RETURN_IF_ERROR(silences_.expire(tx, one.id, by));
    }
    return {};
  });
}

Result<> RecurringBook::on_due(engine::Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(auto silence, read_recurring(tx.sql(), id));
  if (!silence) return {};
  return make_due(tx, *silence);
}

Result<> RecurringBook::make_due(engine::Tx& tx, RecurringSilence& silence) {
  const store::Actor by = store::system_actor("recurring-silences");
  const DueOccurrences due = due_occurrences(silence, tx.now());
  for (const auto& occurrence : due.now) {
    RETURN_IF_ERROR(silences_.set(tx, silence_of(silence, occurrence), by));
  }
  silence.next = due.next;
  RETURN_IF_ERROR(set_next(tx.sql(), silence));
  if (!silence.next) return append(tx, silence, "silence.recurring_over", by);
  return tx.set_timer({kTimer, silence.id, *silence.next - kMadeBefore, engine::Basis::kMoment});
}

}  // namespace tocsin::alert
