#include "notify/contact_api.h"

#include <gmock/gmock.h>

#include "codec/json.h"
#include "notify/fake_gate.h"
#include "notify/outbox_world.h"

namespace tocsin::notify {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ContactApi : public ::testing::Test {
 protected:
  ContactApi() {
    auto catalog = std::make_shared<catalog::Catalog>();
    catalog::Person ada = testing::ada();
    ada.contacts = {
        {.kind = catalog::Contact::Kind::kSms, .name = "sms", .address = "+4930123456"},
        {.kind = catalog::Contact::Kind::kMail, .name = "work", .address = "ada@example.org"},
        testing::webhook()};
    ada.contacts[2].name = "webhook";
    catalog->people[ada.id] = ada;
    catalog_ = catalog;
    add_contact_routes(router_, {gate_, *book_, [this] { return catalog_; }});
  }
  net::Response call(const char* method, const std::string& path, std::string body = "") {
    net::Request request;
    request.method = method;
    request.path = "/api/v1/people" + path;
    if (!body.empty()) request.headers.add("Content-Type", "application/json");
    request.body = std::move(body);
    net::Response response = router_.handle(request);
    world_.engine.settle();
    return response;
  }
  std::string told_code() {
    const std::string& text = world_.transport.sent().back().message.impact;
    return text.substr(text.find_first_of("0123456789"), 6);
  }

  testing::World world_;
  std::unique_ptr<ContactBook> book_ = *ContactBook::open(world_.engine.engine(), *world_.outbox);
  std::shared_ptr<const catalog::Catalog> catalog_;
  testing::FakeGate gate_;
  net::Router router_;
};

TEST_F(ContactApi, ShowsPeopleWithTheirContactsAndNoSecrets) {
  const auto all = call("GET", "");
  EXPECT_EQ(all.status, 200);
  EXPECT_THAT(all.body, AllOf(HasSubstr(R"("verified":false)"), HasSubstr("hooks.example.org"),
                              HasSubstr(R"("to":"+49...56")"), HasSubstr(R"("verified_at":null)"),
                              Not(HasSubstr("very-secret-path")), Not(HasSubstr("signing-key")),
                              Not(HasSubstr("+4930123456"))));
  const auto one = codec::read_own_json(call("GET", "/ada/contacts").body)->as_object();
  EXPECT_EQ(one.at("id"), "ada");
  EXPECT_EQ(one.at("contacts").as_array().size(), 3u);
}

TEST_F(ContactApi, SendsACodeAndTakesItBack) {
  const auto sent = call("POST", "/ada/contacts/work/verify");
  ASSERT_EQ(sent.status, 202) << sent.body;
  const auto json = codec::read_own_json(sent.body)->as_object();
  EXPECT_EQ(json.at("contact"), "work");
  EXPECT_THAT(sent.body, Not(HasSubstr(told_code())));
  EXPECT_EQ(world_.status(std::string(json.at("delivery").as_string())).state, RowState::kSent);
  const std::string code = told_code();
  const auto done = call("POST", "/ada/contacts/work/confirm",
                         R"({"code":")" + code.substr(0, 3) + " " + code.substr(3) + "\"}");
  ASSERT_EQ(done.status, 200) << done.body;
  const auto person = codec::read_own_json(done.body)->as_object();
  EXPECT_EQ(person.at("verified"), true);
  EXPECT_EQ(person.at("contacts").as_array()[0].at("verified_at"), nullptr);
  EXPECT_EQ(person.at("contacts").as_array()[1].at("verified_by"), "user:grace");
}

TEST_F(ContactApi, ContactMayBeNamedByItsPlace) {
  EXPECT_EQ(call("POST", "/ada/contacts/1/verify").status, 202);
  EXPECT_EQ(world_.transport.sent().back().contact.kind, catalog::Contact::Kind::kSms);
}

TEST_F(ContactApi, SaysWhatIsWrong) {
  const auto nobody = call("GET", "/alan/contacts");
  EXPECT_EQ(nobody.status, 404);
  const auto none = call("POST", "/ada/contacts/wrok/verify");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, AllOf(HasSubstr("did you mean 'work'"), HasSubstr("sms, work, webhook")));
  EXPECT_EQ(call("POST", "/ada/contacts/4/verify").status, 404);
  EXPECT_EQ(call("POST", "/ada/contacts/sms/confirm", R"({"code":"123456"})").status, 409);
  EXPECT_EQ(call("POST", "/ada/contacts/sms/confirm", R"({"kode":"123456"})").status, 400);
  ASSERT_EQ(call("POST", "/ada/contacts/sms/verify").status, 202);
  EXPECT_EQ(call("POST", "/ada/contacts/sms/verify").status, 429);
  const auto wrong = call("POST", "/ada/contacts/sms/confirm", R"({"code":"12345"})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("4 of 5 tries"));
}

TEST_F(ContactApi, AsksForSignIn) {
  gate_.is_open = false;
  for (const auto& [method, path] : {std::pair("GET", ""), std::pair("GET", "/ada/contacts"),
                                     std::pair("POST", "/ada/contacts/sms/verify"),
                                     std::pair("POST", "/ada/contacts/sms/confirm")}) {
    EXPECT_EQ(call(method, path).status, 401) << method << path;
  }
}

}  // namespace
}  // namespace tocsin::notify
