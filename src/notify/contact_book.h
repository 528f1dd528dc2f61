#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "notify/outbox.h"
#include "notify/verified_contacts.h"

namespace tocsin::notify {

// Sends codes to contacts and takes them back: whoever can read the code out has shown that the
// contact reaches them. Codes are kept hashed, and the message that tells one loses it when its
// delivery ends.
//
// Threading: verified() from any thread; send_code() and confirm() from any but the writer's; the
// rest by the outbox.
class ContactBook final : public DeliveryListener {
 public:
  static constexpr Duration kCodeLife = minutes(15);
  static constexpr int kTries = 5;  // of one code
  static constexpr Duration kBetweenCodes = seconds(30);
  static constexpr int kCodesInWindow = 5;  // of one contact; with kTries, 25 guesses of a million
  static constexpr Duration kWindow = hours(1);

  // Before the engine starts; listens to the outbox.
  static Result<std::unique_ptr<ContactBook>> open(engine::Engine& engine, Outbox& outbox);

  std::shared_ptr<const VerifiedContacts> verified() const;

  struct SentCode {
    std::string delivery;
    Time ends;
  };
  // The code that was sent before becomes void. kResourceExhausted: too many, or too soon.
  Result<SentCode> send_code(const catalog::Person& person, const catalog::Contact& contact,
                             const store::Actor& by);
  // kFailedPrecondition when no code is good (none was sent, it ended, or too many were wrong),
  // kInvalidArgument when this one is wrong; the message says how many tries are left.
  Result<> confirm(const catalog::Person& person, const catalog::Contact& contact,
                   std::string_view code, const store::Actor& by);

  Result<bool> is_still_wanted(engine::Tx& tx, const Subject& subject) override;
  Result<> on_trouble(engine::Tx&, const Delivery&, const Error&) override { return {}; }
  Result<> on_outcome(engine::Tx&, const Delivery&, Outcome, const std::string&) override {
    return {};
  }

 private:
  ContactBook(engine::Engine& engine, Outbox& outbox) : engine_(engine), outbox_(outbox) {}
  std::string hash_of(std::string_view id, std::string_view code) const;

  engine::Engine& engine_;
  Outbox& outbox_;
  Secret key_;
  mutable std::mutex mutex_;
  std::shared_ptr<const VerifiedContacts> verified_;
};

}  // namespace tocsin::notify
