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
  // The answer to a try, given at once; nothing: the test answers later, or never.
  using Script = std::function<std::optional<Result<>>(const Delivery&)>;

  // Taken at once unless the test says otherwise.
  Script script = [](const Delivery&) { return std::optional(Result<>()); };
  Duration asked_wait{0};
  Duration asked_wait_for{0};  // by the browsers of a person
  // What it says of a message that it took, and when it is asked again; nothing: no answer.
  Taken taken;
  std::function<std::optional<Result<PollAnswer>>(const SentMessage&)> on_poll =
      [](const SentMessage&) { return std::optional(Result<PollAnswer>(PollAnswer{})); };

  void send(const Delivery& delivery, OnTaken done) override {
    sent_.push_back(delivery);
    std::optional<Result<>> answer = script(delivery);
    if (answer) return done(told(*answer));
    open_.insert_or_assign({delivery.id, delivery.attempts}, std::move(done));
  }
  void poll(const SentMessage& message, OnPolled done) override {
    polled_.push_back(message);
    if (auto answer = on_poll(message)) done(*std::move(answer));
  }
  Duration wait_asked_by(const catalog::Contact&) const override { return asked_wait; }
  Duration wait_asked_for(const Delivery&) const override { return asked_wait_for; }

  const std::vector<Delivery>& sent() const { return sent_; }
  size_t open_count() const { return open_.size(); }
  // False when that try is not open.
  bool answer(const std::string& id, int attempt, Result<> result) {
    auto node = open_.extract({id, attempt});
    if (node.empty()) return false;
    node.mapped()(told(result));
    return true;
  }
  void cancel(const SentMessage& message) override { cancelled_.push_back(message); }
  const std::vector<SentMessage>& cancelled() const { return cancelled_; }
  const std::vector<SentMessage>& polled() const { return polled_; }

 private:
  Result<Taken> told(const Result<>& result) const {
    if (!result) return fail(result.error());
    return taken;
  }

  std::vector<SentMessage> polled_, cancelled_;
  std::vector<Delivery> sent_;
  std::map<std::pair<std::string, int>, OnTaken> open_;
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
  std::vector<std::pair<std::string, Receipt>> receipts;  // delivery
  std::optional<Error> refuse_outcomes;                   // fails the transaction of on_outcome

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
  Result<> on_receipt(engine::Tx& tx, const Delivery& delivery, Receipt receipt,
                      const std::string&) override {
    tx.after_commit([this, id = delivery.id, receipt] { receipts.emplace_back(id, receipt); });
    return {};
  }
};

// Remembers the answers and says what it is told to.
class RecordingAnswers final : public AnswerListener {
 public:
  struct Heard {
    std::string page;
    Answer answer;
    Duration snooze;
    std::string by;
    bool operator==(const Heard&) const = default;
  };
  std::vector<Heard> heard;
  std::vector<std::pair<std::string, std::string>> languages;  // done, refused
  std::optional<Error> refusal;

  Result<std::string> on_answer(engine::Tx& tx, const std::string& page_id, Answer answer,
                                Duration snooze, const store::Actor& by,
                                const AnswerLanguages& in) override {
    languages.emplace_back(in.done, in.refused);
    if (refusal) return fail(*refusal);
    tx.after_commit(
        [this, what = Heard{page_id, answer, snooze, by.to_text()}] { heard.push_back(what); });
    return by.name + " has it";
  }
};

}  // namespace tocsin::notify::testing
