#pragma once

#include "base/time.h"

namespace tocsin::alert {

// What the dispatcher asks of the other processes that tell the same alerts. Thread-safe.
class Turns {
 public:
  virtual ~Turns() = default;
  // Nothing is told before what the others know is known here, too.
  virtual bool is_ready() const = 0;
  // How long to wait with what is due: another one comes first, and may say that it is done.
  virtual Duration wait() const = 0;
};

}  // namespace tocsin::alert
