#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "store/database.h"

namespace tocsin::alert {

// Read sessions for handlers: a worker takes one for a request and gives it back by dropping it.
// Opened when none is free, so there are as many as requests ran at once. Thread-safe; outlives the
// loans.
class Readers {
 public:
  explicit Readers(store::Database& database) : database_(database) {}

  class Loan {
   public:
    Loan(Readers& home, std::unique_ptr<store::Session> session)
        : home_(&home), session_(std::move(session)) {}
    Loan(Loan&& other) noexcept = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan();
    store::Session& operator*() const { return *session_; }
    store::Session* operator->() const { return session_.get(); }

   private:
    Readers* home_;
    std::unique_ptr<store::Session> session_;
  };

  Result<Loan> take();

 private:
  store::Database& database_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<store::Session>> free_;
};

}  // namespace tocsin::alert
