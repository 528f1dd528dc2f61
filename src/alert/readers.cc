#include "alert/readers.h"

namespace tocsin::alert {

Readers::Loan::~Loan() {
  if (session_ == nullptr) return;
  const std::lock_guard lock(home_->mutex_);
  home_->free_.push_back(std::move(session_));
}

Result<Readers::Loan> Readers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      auto session = std::move(free_.back());
      free_.pop_back();
      return Loan(*this, std::move(session));
    }
  }
  ASSIGN_OR_RETURN(auto session, database_.connect());
  return Loan(*this, std::move(session));
}

}  // namespace tocsin::alert
