#pragma once

#include <string>

#include "alert/recurring_silence.h"
#include "alert/silence_book.h"
#include "engine/engine.h"

namespace tocsin::alert {

// Recurring silences: rows of table recurring_silence, and a timer each that makes the next
// occurrence an ordinary silence. After a time without a server an occurrence that still runs is
// made at once, from then on. Every change has its entry in the logbook: silence.recurring_created,
// silence.recurring_deleted, silence.recurring_over. Nothing is kept in memory. Thread-safe.
class RecurringBook {
 public:
  static constexpr int64_t kMost = 1000;

  // Before the engine starts: it hears the timers. Both outlive this.
  RecurringBook(engine::Engine& engine, SilenceBook& silences);

  // What it is then, with its id. kResourceExhausted beyond kMost.
  Result<RecurringSilence> add(RecurringSilence wanted, const store::Actor& by);
  // Ends the silence that it has made, too. kNotFound.
  Result<> remove(const std::string& id, const store::Actor& by);

 private:
  Result<> on_due(engine::Tx& tx, const std::string& id);
  Result<> make_due(engine::Tx& tx, RecurringSilence& silence);

  engine::Engine& engine_;
  SilenceBook& silences_;
};

}  // namespace tocsin::alert
