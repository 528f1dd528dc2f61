#include "server/declared.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tocsin::server {
namespace {

using catalog::Contact;
using Kind = Contact::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Ada with one contact inside and two outside, and a policy whose channel is inside.
Declared shop() {
  catalog::Catalog catalog;
  catalog::Person ada{.id = catalog::PersonId("ada")};
  ada.origin = {.file = "people.yaml", .place = {.line = 4, .column = 1}, .field = "metadata.name"};
  ada.contacts = {
      {.kind = Kind::kWebhook, .name = "pager", .address = "http://10.1.2.3:9190/hidden"},
      {.kind = Kind::kSlack, .name = "slack", .address = "https://hooks.example.org/hidden"},
      {.kind = Kind::kMail, .name = "mail", .address = "ada@localhost"}};
  catalog.people.emplace(ada.id, ada);
  Declared declared;
  declared.catalog = std::make_shared<const catalog::Catalog>(std::move(catalog));
  declared.policies = {{.id = oncall::PolicyId("payments"),
                        .channels = {{.name = "ops",
                                      .contact = {.kind = Kind::kTeams,
                                                  .name = "teams",
                                                  .address = "http://localhost/hidden"}}}}};
  return declared;
}

TEST(RefusedContacts, AreNamedWithTheFix) {
  EXPECT_THAT(
      refused_contacts(shop(), notify::NotifyConfig()),
      ElementsAre("people.yaml:4: person ada: contact pager leads to 10.1.2.3:9190, a loopback or "
                  "private address, so nothing is sent there; use a public address, or set "
                  "notify.allow_private_webhooks: true in tocsin.yaml",
                  "policy payments: channel ops leads to localhost, a loopback or "
                  "private address, so nothing is sent there; use a public address, or set "
                  "notify.allow_private_webhooks: true in tocsin.yaml"));
}

TEST(RefusedContacts, AreNoneWhereTheOperatorAllowsThem) {
  notify::NotifyConfig config;
  config.operators = {shop().policies[0].channels[0].contact};
  EXPECT_THAT(refused_contacts(shop(), config), ::testing::SizeIs(1));
  config.allow_private_webhooks = true;
  EXPECT_THAT(refused_contacts(shop(), config), IsEmpty());
}

TEST(RefusedContacts, AreOneLineOfTrouble) {
  notify::NotifyConfig config;
  EXPECT_EQ(trouble_of_refused(shop(), config),
            "nothing is sent to 2 contacts of the catalog at loopback or private addresses: "
            "ada by pager (10.1.2.3:9190), channel ops of policy payments (localhost); use public "
            "addresses, or set notify.allow_private_webhooks: true in tocsin.yaml and restart");
  config.operators = {shop().policies[0].channels[0].contact};
  EXPECT_EQ(trouble_of_refused(shop(), config),
            "nothing is sent to a contact of the catalog at loopback or private addresses: "
            "ada by pager (10.1.2.3:9190); use public addresses, or set "
            "notify.allow_private_webhooks: true in tocsin.yaml and restart");
  config.allow_private_webhooks = true;
  EXPECT_EQ(trouble_of_refused(shop(), config), "");
}

TEST(RefusedContacts, AreNotAllNamedInALineOfTrouble) {
  Declared many = shop();
  many.policies[0].channels.resize(14, many.policies[0].channels[0]);
  const std::string line = trouble_of_refused(many, notify::NotifyConfig());
  EXPECT_THAT(line, HasSubstr("15 contacts of the catalog"));
  EXPECT_THAT(line, HasSubstr("(localhost) and 5 more, which tocsin check names; use public"));
}

}  // namespace
}  // namespace tocsin::server
