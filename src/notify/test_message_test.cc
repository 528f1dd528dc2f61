#include "notify/test_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/outbox_world.h"

namespace tocsin::notify {
namespace {

TEST(TestMessage, GoesToEachContactAndIsNoPage) {
  testing::World w;
  catalog::Person person = testing::ada();
  person.contacts = {testing::webhook(),
                     {.kind = catalog::Contact::Kind::kMail, .address = "ada@example.org"}};
  std::vector<std::string> ids;
  ASSERT_TRUE(w.engine.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(ids, notify_test_message(tx, *w.outbox, person));
    return {};
  }));
  ASSERT_EQ(ids.size(), 2u);
  ASSERT_EQ(w.transport.sent().size(), 2u);
  for (const std::string& id : ids) EXPECT_EQ(w.status(id).state, RowState::kSent);
  for (const Delivery& d : w.transport.sent()) {
    EXPECT_FALSE(d.message.is_page);
    EXPECT_EQ(d.subject.kind, kTestSubject);
    EXPECT_THAT(d.message.impact, ::testing::HasSubstr("Nothing is wrong"));
  }
}

TEST(TestMessage, APersonWithoutContactsIsAnError) {
  testing::World w;
  const Result<> done = w.engine.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(notify_test_message(tx, *w.outbox, testing::ada()));
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(done.error().message, "person 'ada' has no contacts; add one in the catalog");
}

}  // namespace
}  // namespace tocsin::notify
