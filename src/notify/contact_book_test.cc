#include "notify/contact_book.h"

#include <gmock/gmock.h>

#include "notify/contact_code_store.h"
#include "notify/outbox_world.h"
#include "store/testing.h"

namespace tocsin::notify {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

catalog::Contact contact(catalog::Contact::Kind kind, const std::string& address) {
  return {.kind = kind, .name = std::string(name_of(kind)), .address = address};
}

class ContactBookTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<testing::World>(
        engine::testing::TestEngine::Options{.backend = GetParam()});
    open();
    ada_ = testing::ada();
    ada_.contacts = {sms_, mail_};
  }
  void open() {
    auto opened = ContactBook::open(world_->engine.engine(), *world_->outbox);
    ASSERT_TRUE(opened) << opened.error().message;
    book_ = *std::move(opened);
  }
  void restart() {
    book_.reset();
    world_->crash();
    open();
  }
  Result<ContactBook::SentCode> send(const catalog::Contact& to) {
    auto sent = book_->send_code(ada_, to, grace_);
    world_->engine.settle();
    return sent;
  }
  Result<> confirm(const catalog::Contact& of, const std::string& code) {
    return book_->confirm(ada_, of, code, grace_);
  }
  // The six digits of the last message.
  std::string told_code() {
    const std::string& text = world_->transport.sent().back().message.impact;
    const size_t at = text.find_first_of("0123456789");
    return at == std::string::npos ? "" : text.substr(at, 6);
  }
  std::string another(const std::string& code) { return code == "000000" ? "000001" : "000000"; }
  bool is_verified(const catalog::Contact& of) {
    return book_->verified()->proof_of(ada_.id, of) != nullptr;
  }

  const catalog::Contact sms_ = contact(catalog::Contact::Kind::kSms, "+4930123456");
  const catalog::Contact mail_ = contact(catalog::Contact::Kind::kMail, "ada@example.org");
  const store::Actor grace_{"user", "grace"};
  std::unique_ptr<testing::World> world_;
  catalog::Person ada_;
  std::unique_ptr<ContactBook> book_;
};

TEST_P(ContactBookTest, CodeThatComesBackVerifiesItsContactAlone) {
  const auto sent = send(sms_);
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(sent->ends, world_->engine.now() + minutes(15));
  EXPECT_EQ(world_->transport.sent().back().contact.address, "+4930123456");
  EXPECT_FALSE(world_->transport.sent().back().message.is_page);
  ASSERT_TRUE(confirm(sms_, told_code()));
  const auto verified = book_->verified();
  const auto* proof = verified->proof_of(ada_.id, sms_);
  ASSERT_NE(proof, nullptr);
  EXPECT_EQ(proof->by, "user:grace");
  EXPECT_EQ(proof->at, world_->engine.now());
  EXPECT_FALSE(is_verified(mail_));
  EXPECT_TRUE(verified->reach(ada_));
  EXPECT_EQ(verified->proof_of(catalog::PersonId("grace"), sms_), nullptr) << "another person's";
  EXPECT_THAT(world_->engine.kinds(), ::testing::Contains("contact.verified"));
}

TEST_P(ContactBookTest, StaysVerifiedAfterARestartUntilTheAddressIsEdited) {
  ASSERT_TRUE(send(sms_));
  ASSERT_TRUE(confirm(sms_, told_code()));
  restart();
  EXPECT_TRUE(is_verified(sms_));
  catalog::Contact edited = sms_;
  edited.address = "+4930123457";
  EXPECT_FALSE(is_verified(edited));
  catalog::Contact renamed = sms_;
  renamed.name = "mobile";
  EXPECT_TRUE(is_verified(renamed)) << "it reaches the same telephone";
  catalog::Contact spoken = sms_;
  spoken.kind = catalog::Contact::Kind::kVoice;
  EXPECT_FALSE(is_verified(spoken)) << "a landline takes no SMS";
}

TEST_P(ContactBookTest, FifthWrongCodeVoidsIt) {
  ASSERT_TRUE(send(sms_));
  const std::string good = told_code(), wrong = another(good);
  for (int left = 4; left > 0; --left) {
    const auto refused = confirm(sms_, wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
    EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(left) + " of 5 tries"));
  }
  EXPECT_THAT(confirm(sms_, wrong).error().message, HasSubstr("too often"));
  EXPECT_EQ(confirm(sms_, good).error().code, Code::kFailedPrecondition);
  EXPECT_FALSE(is_verified(sms_));
  EXPECT_THAT(world_->engine.kinds(), ::testing::Contains("contact.code_void"));
}

TEST_P(ContactBookTest, CodeWorksOnceAndForAQuarterOfAnHour) {
  ASSERT_TRUE(send(mail_));
  const std::string code = told_code();
  world_->engine.advance(minutes(15));
  EXPECT_EQ(confirm(mail_, code).error().code, Code::kFailedPrecondition);
  ASSERT_TRUE(send(mail_));
  const std::string next = told_code();
  ASSERT_TRUE(confirm(mail_, next));
  EXPECT_EQ(confirm(mail_, next).error().code, Code::kFailedPrecondition);
}

TEST_P(ContactBookTest, CodeOfOneContactIsNoCodeOfAnother) {
  ASSERT_TRUE(send(sms_));
  const std::string code = told_code();
  EXPECT_EQ(confirm(mail_, code).error().code, Code::kFailedPrecondition) << "none was sent there";
  EXPECT_TRUE(confirm(sms_, code)) << "and that used up no try";
}

TEST_P(ContactBookTest, NewCodeVoidsTheOneBefore) {
  ASSERT_TRUE(send(sms_));
  const std::string before = told_code();
  world_->engine.advance(seconds(30));
  ASSERT_TRUE(send(sms_));
  if (told_code() != before) {
    EXPECT_FALSE(confirm(sms_, before));
  }
  EXPECT_TRUE(confirm(sms_, told_code()));
}

TEST_P(ContactBookTest, FiveCodesAnHourAndNotInARow) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(send(sms_)) << i;
    const auto soon = send(sms_);
    ASSERT_FALSE(soon);
    EXPECT_EQ(soon.error().code, Code::kResourceExhausted);
    EXPECT_THAT(soon.error().message, HasSubstr("wait 30s"));
    world_->engine.advance(seconds(30));
  }
  const auto many = send(sms_);
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().message, AllOf(HasSubstr("5 codes"), HasSubstr("wait 57m30s")));
  EXPECT_TRUE(send(mail_)) << "counted for each contact";
  world_->engine.advance(minutes(58));
  EXPECT_TRUE(send(sms_));
}

TEST_P(ContactBookTest, CodeOutlivesTheHourThatItIsCountedIn) {
  ASSERT_TRUE(send(sms_));
  world_->engine.advance(minutes(58));
  ASSERT_TRUE(send(sms_));
  const std::string code = told_code();
  world_->engine.advance(minutes(3));
  ASSERT_TRUE(send(mail_)) << "which tidies up";
  world_->engine.advance(minutes(11));
  EXPECT_TRUE(confirm(sms_, code)) << "it is good for a minute more";
}

TEST_P(ContactBookTest, NextHourCountsFromItsFirstCode) {
  ASSERT_TRUE(send(sms_));
  world_->engine.advance(minutes(55));
  for (int minute = 55; minute < 59; ++minute) {
    ASSERT_TRUE(send(sms_)) << minute;
    world_->engine.advance(minutes(1));
  }
  world_->engine.advance(minutes(2));
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(send(sms_)) << i << ": of the hour from 1:01 on";
    world_->engine.advance(seconds(30));
  }
  EXPECT_THAT(send(sms_).error().message, HasSubstr("wait 57m30s"));
}

TEST_P(ContactBookTest, CodeStandsNowhereAfterItWasSent) {
  ASSERT_TRUE(send(sms_));
  const std::string code = told_code();
  ASSERT_EQ(code.size(), 6u);
  const auto rows = world_->engine.reader().query("SELECT message FROM outbox");
  ASSERT_TRUE(rows);
  EXPECT_THAT(rows->at(0).text(0), Not(HasSubstr(code)));
  const auto kept = world_->engine.reader().query("SELECT code_hash, digest FROM contact_code");
  EXPECT_THAT(kept->at(0).text(0), Not(HasSubstr(code)));
  EXPECT_THAT(kept->at(0).text(1), Not(HasSubstr("4930123456")));
  for (const auto& entry : world_->engine.logbook()) {
    EXPECT_THAT(codec::to_text(entry.entry.data), Not(HasSubstr(code)));
  }
}

TEST_P(ContactBookTest, CodeThatEndedIsNotSentAnyMore) {
  world_->transport.script = [](const Delivery&) {
    return std::optional<Result<>>(fail(Code::kUnavailable, "away"));
  };
  const auto sent = send(sms_);
  ASSERT_TRUE(sent);
  world_->engine.advance(minutes(30));
  EXPECT_EQ(world_->status(sent->delivery).state, RowState::kDropped);
}

TEST_P(ContactBookTest, TelephoneHearsDigitsInThePersonsLanguage) {
  ada_.language = "de";
  ASSERT_TRUE(send(contact(catalog::Contact::Kind::kVoice, "+4930123456")));
  EXPECT_THAT(
      world_->transport.sent().back().message.impact,
      ::testing::MatchesRegex("Ihr Code ist: ([0-9], ){5}[0-9]\\. Noch einmal: ([0-9], ){5}[0-9]"));
}

INSTANTIATE_TEST_SUITE_P(Backends, ContactBookTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

}  // namespace
}  // namespace tocsin::notify
