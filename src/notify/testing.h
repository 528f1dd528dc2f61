#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "notify/outbox.h"

// For tests only.
namespace tocsin::notify::testing {

// A provider that does what the test says and remembers what it was given. Not thread-safe.
class ScriptedTransport final : public Transport {
 public:
  using Done = std::move_only_function<void(Result<>)>;
  // The answer to a try, given at once; nothing: the test answers later, or never.
  using Script = std::function<std::optional<Result<>>(const Delivery&)>;

  // Taken at once unless the test says otherwise.
  Script script = [](const Delivery&) { return std::optional(Result<>()); };
  Duration asked_wait{0};

  void send(const Delivery& delivery, Done done) override {
    sent_.push_back(delivery);
    std::optional<Result<>> answer = script(delivery);
    if (answer) return done(*std::move(answer));
    open_.insert_or_assign({delivery.id, delivery.attempts}, std::move(done));
  }
  Duration wait_asked_by(const catalog::Contact&) const override { return asked_wait; }

  const std::vector<Delivery>& sent() const { return sent_; }
  size_t open_count() const { return open_.size(); }
  // False when that try is not open.
  bool answer(const std::string& id, int attempt, Result<> result) {
    auto node = open_.extract({id, attempt});
    if (node.empty()) return false;
    node.mapped()(std::move(result));
    return true;
  }

 private:
  std::vector<Delivery> sent_;
  std::map<std::pair<std::string, int>, Done> open_;
};

// Remembers what the outbox says. `unwanted` holds ids of subjects.
class RecordingListener final : public DeliveryListener {
 public:
  struct Heard {
    std::string id;
    Outcome outcome;
    std::string detail;
    int attempts;
  };
  std::set<std::string> unwanted;
  std::vector<std::pair<std::string, Error>> troubles;  // delivery
  std::vector<Heard> outcomes;
  std::optional<Error> refuse_outcomes;  // fails the transaction of on_outcome

  Result<bool> is_still_wanted(engine::Tx&, const Subject& subject) override {
    return !unwanted.contains(subject.id);
  }
  Result<> on_trouble(engine::Tx& tx, const Delivery& delivery, const Error& error) override {
    tx.after_commit([this, id = delivery.id, error] { troubles.emplace_back(id, error); });
    return {};
  }
  Result<> on_outcome(engine::Tx& tx, const Delivery& delivery, Outcome outcome,
                      const std::string& detail) override {
    if (refuse_outcomes) return fail(*refuse_outcomes);
    tx.after_commit([this, heard = Heard{delivery.id, outcome, detail, delivery.attempts}] {
      outcomes.push_back(heard);
    });
    return {};
  }
};

}  // namespace tocsin::notify::testing
