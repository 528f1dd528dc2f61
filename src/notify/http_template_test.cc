#include "notify/http_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "codec/json.h"
#include "codec/yaml.h"

namespace tocsin::notify {
namespace {

using ::testing::HasSubstr;

struct Read {
  HttpTemplate http;
  std::string problems;
};

Read read(const std::string& yaml) {
  codec::Problems problems;
  const auto documents = codec::parse_yaml(yaml);
  if (!documents) return {{}, documents.error().message};
  Read out;
  out.http = read_http_template(codec::Fields(documents->at(0), "t.yaml", problems));
  if (!problems.empty()) out.problems = problems.as_result().error().message;
  return out;
}

const Template::Values kNasty{{"text", "a \"b\"\n\\ & <c> {{to}} \xc3\xa4\x01"},
                              {"to", "+49 30/1"}};

TEST(HttpTemplate, AValueStaysAValueInJson) {
  const Read r = read(R"(
url: https://sms.example.org/send?to={{to}}
body: '{"message": "{{ text }}", "to": ["{{to}}"]}'
)");
  ASSERT_EQ(r.problems, "");
  EXPECT_EQ(r.http.url.render(kNasty), "https://sms.example.org/send?to=%2B49%2030%2F1");
  const auto body = codec::read_own_json(r.http.body.render(kNasty));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("message").as_string(), kNasty.at("text"));
  EXPECT_EQ(body->at("to").at(0).as_string(), "+49 30/1");
  ASSERT_EQ(r.http.headers.size(), 1U);
  EXPECT_EQ(r.http.headers[0].second.render({}), "application/json; charset=utf-8");
}

TEST(HttpTemplate, AValueStaysAValueInAFormAndAHeader) {
  const Read r = read(R"(
url: https://sms.example.org/send
headers: {Content-Type: application/x-www-form-urlencoded, X-To: "{{text}}"}
body: to={{to}}&text={{text}}
)");
  ASSERT_EQ(r.problems, "");
  EXPECT_EQ(
      r.http.body.render(kNasty),
      "to=%2B49%2030%2F1&text=a%20%22b%22%0A%5C%20%26%20%3Cc%3E%20%7B%7Bto%7D%7D%20%C3%A4%01");
  for (const auto& [name, value] : r.http.headers) {
    EXPECT_EQ(value.render(kNasty).find('\n'), std::string::npos);
  }
}

TEST(HttpTemplate, TakesSecretsFromTheEnvironment) {
  ::setenv("TOCSIN_TEMPLATE_TEST", "s3cret-key", 1);
  const Read r = read(R"(
url: https://sms.example.org/send
headers: {Authorization: "Bearer ${TOCSIN_TEMPLATE_TEST}"}
body: "{}"
)");
  ASSERT_EQ(r.problems, "");
  EXPECT_EQ(r.http.headers[0].second.render({}), "Bearer s3cret-key");
  ASSERT_EQ(r.http.secrets.size(), 1U);
  EXPECT_EQ(r.http.secrets[0].reveal(), "s3cret-key");
}

TEST(HttpTemplate, SaysWhatIsWrong) {
  EXPECT_THAT(read("url: https://x.org\nbody: '{\"a\": \"{{txt}}\"}'").problems,
              HasSubstr("did you mean 'text'"));
  EXPECT_THAT(read("url: https://x.org\nbody: '{\"a\": {{text}}}'").problems,
              HasSubstr("put places into quotes"));
  EXPECT_THAT(read("url: https://x.org\nbody: '{{text'").problems, HasSubstr("no '}}'"));
  EXPECT_THAT(read("url: https://{{to}}/x").problems, HasSubstr("the host cannot be a place"));
  EXPECT_THAT(read("url: ftp://x.org").problems, HasSubstr("https://"));
  EXPECT_THAT(read("url: https://x.org\nok_status: [20]").problems, HasSubstr("no HTTP status"));
  EXPECT_THAT(read("url: https://x.org\nbdy: x").problems, HasSubstr("body"));
}

TEST(HttpTemplate, FindsTheIdInAnAnswer) {
  const std::string answer = R"({"messages": [{"id": "m-1", "n": 7}]})";
  EXPECT_EQ(text_at(answer, "messages.0.id"), "m-1");
  EXPECT_EQ(text_at(answer, "messages.0.n"), "7");
  EXPECT_EQ(text_at(answer, "messages.1.id"), "");
  EXPECT_EQ(text_at(answer, "messages"), "");
  EXPECT_EQ(text_at("not json", "a"), "");
}

}  // namespace
}  // namespace tocsin::notify
