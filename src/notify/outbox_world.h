#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/testing.h"
#include "notify/outbox_store.h"
#include "notify/testing.h"

// The outbox over an engine in virtual time, with a scripted provider; for the tests of this room.
namespace tocsin::notify::testing {

inline catalog::Person ada() { return {.id = catalog::PersonId("ada"), .name = "Ada"}; }
inline catalog::Contact webhook(const std::string& host = "hooks.example.org") {
  return {.kind = catalog::Contact::Kind::kWebhook,
          .address = "https://" + host + "/in/very-secret-path",
          .secret = Secret("signing-key")};
}

class World {
 public:
  explicit World(engine::testing::TestEngine::Options options = {}, OutboxLimits limits = {})
      : engine(options), limits_(limits) {
    open();
  }

  // The process is gone in the middle of whatever it did, and a new one stands up.
  void crash() {
    outbox.reset();
    engine.restart();
    open();
  }

  std::string enqueue(const std::string& subject, const catalog::Contact& contact = webhook(),
                      bool is_page = true) {
    std::string id;
    const Result<> done = engine.run([&](engine::Tx& tx) -> Result<> {
      Message message;
      message.is_page = is_page;
      message.title = "SEV-1 checkout: customers cannot pay";
      message.incident_id = "inc_1";
      message.answer_url = "https://tocsin.example.org/p/token";
      ASSIGN_OR_RETURN(id, outbox->enqueue(tx, {"page", subject}, ada(), contact, message));
      return {};
    });
    EXPECT_TRUE(done) << done.error().message;
    return id;
  }

  DeliveryStatus status(const std::string& id) {
    auto found = read_delivery_status(engine.reader(), id);
    if (!found || !*found) {
      ADD_FAILURE() << "no delivery " << id;
      return {};
    }
    return **found;
  }

  engine::testing::TestEngine engine;
  ScriptedTransport transport;
  RecordingListener listener;
  std::unique_ptr<Outbox> outbox;

 private:
  void open() {
    outbox = Outbox::make(engine.engine(), transport, engine.log(), engine.metrics(), limits_);
    outbox->listen("page", listener);
    engine.settle();
  }
  const OutboxLimits limits_;
};

}  // namespace tocsin::notify::testing
