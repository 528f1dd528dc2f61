#include "notify/dead_letters.h"

#include <gmock/gmock.h>

#include "notify/dead_letter_api.h"
#include "notify/fake_gate.h"
#include "notify/outbox_world.h"
#include "store/lease.h"

namespace tocsin::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::webhook;
using testing::World;

struct PlainLinks final : AnswerLinks {
  std::string url_for(std::string_view page, Time) const override {
    return "https://tocsin.example.org/p/fresh-" + std::string(page);
  }
  Result<std::string> page_of(std::string_view, Time, std::string_view) const override {
    return invalid("none");
  }
  std::string named_by(std::string_view) const override { return {}; }
};

// Can be written to by the engine, and by nobody read from.
struct UnreadableDatabase final : store::Database {
  Result<std::unique_ptr<store::Session>> connect() override { return away(); }
  Result<std::unique_ptr<store::Session>> connect_for_reading() override { return away(); }
  Result<std::unique_ptr<store::Lease>> acquire_lease(const std::string&, Time) override {
    return away();
  }
  store::Backend backend() const override { return store::Backend::kSqlite; }
  std::string describe() const override { return "a database that is away"; }
  static std::unexpected<Error> away() { return fail(Code::kUnavailable, "the database is away"); }
};

class DeadLetters : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
    catalog::Contact contact = webhook();
    contact.name = "hook";
    use({contact});
    world_->outbox->link_by(links_);
    add_dead_letter_routes(router_,
                           {gate_, w().engine.engine(), *world_->outbox, w().engine.database()});
    w().transport.script = [this](const Delivery&) {
      return std::optional(is_broken_ ? Result<>(fail(Code::kFailedPrecondition, "answered 404"))
                                      : Result<>());
    };
  }
  World& w() { return *world_; }

  void use(std::vector<catalog::Contact> contacts) {
    auto catalog = std::make_shared<catalog::Catalog>();
    catalog::Person ada = testing::ada();
    ada.contacts = std::move(contacts);
    if (!ada.contacts.empty()) catalog->people[ada.id] = ada;
    w().outbox->use(catalog);
    w().engine.settle();
  }
  std::string dead(const std::string& subject, bool is_page = true, std::string name = "hook") {
    is_broken_ = true;
    catalog::Contact contact = webhook();
    contact.name = std::move(name);
    const std::string id = w().enqueue(subject, contact, is_page);
    w().engine.settle();
    is_broken_ = false;
    return id;
  }
  Result<std::string> resend(const std::string& id) {
    std::string made;
    const Result<> done = w().engine.run([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(made, w().outbox->resend(tx, id, store::Actor{"user", "grace"}));
      return {};
    });
    w().engine.settle();
    if (!done) return fail(done.error());
    return made;
  }
  std::vector<std::string> listed(DeadLetterQuery query = {}) {
    const auto page = read_dead_letters(w().engine.reader(), query);
    EXPECT_TRUE(page) << page.error().message;
    next_ = page->next;
    std::vector<std::string> ids;
    for (const DeadLetter& letter : page->letters) ids.push_back(letter.id);
    return ids;
  }
  net::Response ask(const char* method, std::string path,
                    std::vector<std::pair<std::string, std::string>> query = {}) {
    net::Request request;
    request.method = method;
    request.path = std::move(path);
    request.query = std::move(query);
    return router_.handle(request);
  }

  std::unique_ptr<World> world_;
  PlainLinks links_;
  testing::FakeGate gate_;
  net::Router router_;
  bool is_broken_ = false;
  std::string next_;
};
INSTANTIATE_TEST_SUITE_P(Backends, DeadLetters, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(DeadLetters, ArePagedNewestFirstAndFiltered) {
  const std::string first = dead("pag_1");
  w().engine.advance(minutes(5));
  const Time middle = w().engine.now();
  const std::string second = dead("pag_2");
  w().engine.advance(minutes(5));
  const std::string third = dead("pag_3");

  EXPECT_THAT(listed(), ElementsAre(third, second, first));
  EXPECT_THAT(listed({.limit = 2}), ElementsAre(third, second));
  EXPECT_THAT(listed({.limit = 2, .after = next_}), ElementsAre(first));
  EXPECT_EQ(next_, "");
  EXPECT_THAT(listed({.since = middle}), ElementsAre(third, second));
  EXPECT_THAT(listed({.channel = "mail"}), IsEmpty());
  EXPECT_THAT(listed({.channel = "webhook", .person = "ada"}), SizeIs(3));
  EXPECT_THAT(listed({.person = "grace"}), IsEmpty());
  EXPECT_EQ(read_dead_letters(w().engine.reader(), {.after = "x"}).error().code,
            Code::kInvalidArgument);
}

TEST_P(DeadLetters, AreKeptThirtyDays) {
  dead("pag_1");
  w().engine.advance(days(29));
  EXPECT_THAT(listed(), SizeIs(1));
  w().engine.advance(days(2));
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_P(DeadLetters, TheCanarysOwnAndTestsAreLeftOut) {
  is_broken_ = true;
  EXPECT_TRUE(w().engine.run([&](engine::Tx& tx) -> Result<> {
    Message message;
    message.is_drill = true;
    RETURN_IF_ERROR(w().outbox->enqueue(tx, {"page", "pag_c"}, testing::ada(), webhook(), message));
    RETURN_IF_ERROR(
        w().outbox->enqueue(tx, {kTestSubject, "tst_1"}, testing::ada(), webhook(), {}));
    return {};
  }));
  w().engine.settle();
  EXPECT_THAT(w().transport.sent(), SizeIs(2));
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_P(DeadLetters, ACodeForAContactIsNeverSentAgainWithoutItsCode) {
  w().outbox->listen(kCodeSubject, w().listener);
  is_broken_ = true;
  std::string id;
  EXPECT_TRUE(w().engine.run([&](engine::Tx& tx) -> Result<> {
    Message message;
    message.is_page = false;
    message.impact = "Your code is 482913.";
    ASSIGN_OR_RETURN(
        id, w().outbox->enqueue(tx, {kCodeSubject, "cod_1"}, testing::ada(), webhook(), message));
    return {};
  }));
  w().engine.settle();
  is_broken_ = false;
  ASSERT_EQ(w().status(id).state, RowState::kFailed);
  EXPECT_THAT(listed(), IsEmpty());
  const auto made = resend(id);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(made.error().message, HasSubstr("send a new code"));
  EXPECT_THAT(w().transport.sent(), SizeIs(1));
}

TEST_P(DeadLetters, APageThatIsStillWantedIsSentAgainMarkedWithAFreshLink) {
  const std::string id = dead("pag_1");
  const auto made = resend(id);
  ASSERT_TRUE(made) << made.error().message;

  const Delivery& sent = w().transport.sent().back();
  EXPECT_EQ(sent.id, *made);
  EXPECT_TRUE(sent.maybe_duplicate);
  EXPECT_TRUE(sent.message.is_page);
  EXPECT_EQ(sent.message.answer_url, "https://tocsin.example.org/p/fresh-pag_1");
  EXPECT_EQ(sent.contact.address, webhook().address);
  EXPECT_EQ(sent.contact.secret.reveal(), "signing-key");
  EXPECT_EQ(w().status(*made).state, RowState::kSent);
  EXPECT_THAT(w().engine.kinds(),
              ElementsAre("delivery.failed", "delivery.resent", "delivery.sent"));
  EXPECT_THAT(listed({.retried = false}), IsEmpty());
  EXPECT_THAT(listed({.retried = true}), ElementsAre(id));
}

TEST_P(DeadLetters, APageThatIsOverGoesAsANotificationWithoutALink) {
  const std::string id = dead("pag_1");
  w().listener.unwanted = {"pag_1"};
  ASSERT_TRUE(resend(id));
  const Delivery& sent = w().transport.sent().back();
  EXPECT_FALSE(sent.message.is_page);
  EXPECT_EQ(sent.message.answer_url, "");
  EXPECT_EQ(sent.subject, (Subject{kResentSubject, "pag_1"}));
}

TEST_P(DeadLetters, GoesToTheContactAsItIsNow) {
  const std::string id = dead("pag_1", false);
  catalog::Contact moved = webhook("moved.example.org");
  moved.name = "hook";
  use({webhook(), moved});
  ASSERT_TRUE(resend(id));
  EXPECT_EQ(w().transport.sent().back().contact, moved);
}

TEST_P(DeadLetters, IsRefusedWhenThePersonOrTheContactIsGone) {
  const std::string id = dead("pag_1");
  use({{.kind = catalog::Contact::Kind::kMail, .name = "hook", .address = "ada@example.org"}});
  EXPECT_THAT(resend(id).error().message, HasSubstr("has no contact 'hook' any more"));
  use({});
  EXPECT_THAT(resend(id).error().message, HasSubstr("has no person 'ada' any more"));
  EXPECT_EQ(resend("dlv_none").error().code, Code::kNotFound);
  EXPECT_THAT(listed({.retried = false}), ElementsAre(id));
}

TEST_P(DeadLetters, IsSentAgainOnceAndOnlyWhenItFailed) {
  const std::string id = dead("pag_1");
  is_broken_ = true;
  const auto again = resend(id);
  ASSERT_TRUE(again);
  EXPECT_THAT(resend(id).error().message, HasSubstr("sent again already, as " + *again));
  // What failed again is a dead letter of its own.
  EXPECT_THAT(listed({.retried = false}), ElementsAre(*again));
  is_broken_ = false;
  const auto third = resend(*again);
  ASSERT_TRUE(third);
  EXPECT_THAT(resend(*third).error().message, HasSubstr("has not failed: it is sent"));
}

TEST_P(DeadLetters, OverHttp) {
  const std::string id = dead("pag_1");
  const net::Response list =
      ask("GET", "/api/v1/notify/dead-letters", {{"retried", "false"}, {"channel", "webhook"}});
  EXPECT_EQ(list.status, 200) << list.body;
  EXPECT_THAT(list.body, HasSubstr(id));
  EXPECT_THAT(list.body, HasSubstr(R"("to":"hooks.example.org")"));
  EXPECT_THAT(list.body, Not(HasSubstr("secret")));
  EXPECT_THAT(list.body, HasSubstr(R"("next":null)"));
  EXPECT_EQ(ask("GET", "/api/v1/notify/dead-letters", {{"channel", "pigeon"}}).status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/notify/dead-letters", {{"limit", "0"}}).status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/notify/dead-letters", {{"since", "today"}}).status, 400);

  const std::string retry = "/api/v1/notify/dead-letters/" + id + "/retry";
  gate_.is_open = false;
  EXPECT_EQ(ask("POST", retry).status, 401);
  EXPECT_EQ(ask("GET", "/api/v1/notify/dead-letters").status, 401);
  gate_.is_open = true;
  const net::Response done = ask("POST", retry);
  EXPECT_EQ(done.status, 202) << done.body;
  EXPECT_THAT(done.body, HasSubstr(R"("retry_of":")" + id));
  EXPECT_EQ(ask("POST", retry).status, 409);
  EXPECT_EQ(ask("POST", "/api/v1/notify/dead-letters/dlv_none/retry").status, 404);
  const auto rows =
      w().engine.reader().query("SELECT actor_name FROM logbook WHERE kind = 'delivery.resent'");
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(0).text(0), "grace");
}

TEST_P(DeadLetters, WhatIsSentAgainIsAnsweredAlsoWhenNothingCanBeRead) {
  const std::string id = dead("pag_1");
  UnreadableDatabase away;
  net::Router router;
  add_dead_letter_routes(router, {gate_, w().engine.engine(), *world_->outbox, away});
  net::Request request;
  request.method = "GET";
  request.path = "/api/v1/notify/dead-letters";
  EXPECT_EQ(router.handle(request).status, 503);
  request.method = "POST";
  request.path += "/" + id + "/retry";
  const net::Response done = router.handle(request);
  EXPECT_EQ(done.status, 202) << done.body;
  EXPECT_THAT(done.body, HasSubstr(R"("retry_of":")" + id));
}

}  // namespace
}  // namespace tocsin::notify
