#include "notify/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/text.h"
#include "notify/mime.h"

namespace tocsin::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Delivery page() {
  return {.id = "dlv_1",
          .subject = {"page", "pag_1"},
          .person = catalog::PersonId("ada"),
          .contact = {.kind = catalog::Contact::Kind::kMail, .address = "ada@example.org"},
          .message = {.is_page = true,
                      .title = "SEV-1 checkout: customers cannot pay",
                      .impact = "412 payments have failed, 96% of all",
                      .since = *parse_rfc3339("2026-11-22T21:37:20Z"),
                      .likely = "deploy 4f2c of payment, 3 min before",
                      .first_step = "roll payment back",
                      .runbook = "https://runbooks.example.org/checkout",
                      .answer_url = "https://tocsin.example.org/p/AbCd",
                      .incident_id = "inc_1",
                      .alert_id = "alr_1",
                      .service = "checkout",
                      .severity = "SEV-1",
                      .links = {{"Board", "https://grafana.example.org/d/1?a=1&b=2"}}},
          .attempts = 1};
}

Delivery recovery() {
  Delivery d = page();
  d.message = {.is_page = false,
               .title = "Recovered: checkout",
               .impact = "Payments work again.",
               .since = *parse_rfc3339("2026-11-22T21:37:20Z"),
               .incident_id = "inc_1"};
  return d;
}

MailEnvelope envelope() {
  return {.from = "bell@example.org",
          .from_name = "Tocsin",
          .host = "tocsin.example.org",
          .now = *parse_rfc3339("2026-11-02T01:08:00Z")};
}

// The headers of a mail, unfolded, without the body.
std::string headers_of(const std::string& mail) {
  std::string out = mail.substr(0, mail.find("\r\n\r\n"));
  for (size_t at = out.find("\r\n "); at != std::string::npos; at = out.find("\r\n ")) {
    out.erase(at, 2);
  }
  return out;
}

TEST(RenderText, SpeaksTheLanguage) {
  Delivery d = page();
  d.language = "de";
  d.maybe_duplicate = true;
  EXPECT_EQ(
      render_text(d),
      R"(Vielleicht haben Sie diesen Alarm schon bekommen: ein früherer Versuch könnte angekommen sein.

SEV-1 checkout: customers cannot pay

412 payments have failed, 96% of all
Seit: So 2026-11-22 21:37 UTC
Vermutlich: deploy 4f2c of payment, 3 min before

Zuerst: roll payment back
Runbook: https://runbooks.example.org/checkout

Antworten: https://tocsin.example.org/p/AbCd
Der Link gehört Ihnen: wer ihn hat, antwortet als ada.

Board: https://grafana.example.org/d/1?a=1&b=2
Dienst: checkout
Schweregrad: SEV-1
Vorfall: inc_1
Alarm: alr_1
)");
  EXPECT_THAT(render_html(d), HasSubstr("<html lang=\"de\">"));
  const std::string headers = headers_of(render_mail(d, envelope()));
  EXPECT_THAT(headers, HasSubstr("Subject: [wiederholt] SEV-1 checkout"));
  const std::string slack = codec::to_text(render_slack(d));
  EXPECT_THAT(slack, HasSubstr("*Seit* So 2026-11-22 21:37 UTC"));
  EXPECT_THAT(slack, HasSubstr("|Antworten>"));
  d.language = "xx";
  EXPECT_THAT(render_text(d), HasSubstr("Since: Sun")) << "an unknown one reads English";
}

TEST(RenderText, TellsInTheOrderOfNeed) {
  EXPECT_EQ(render_text(page()), R"(SEV-1 checkout: customers cannot pay

412 payments have failed, 96% of all
Since: Sun 2026-11-22 21:37 UTC
Likely: deploy 4f2c of payment, 3 min before

Do first: roll payment back
Runbook: https://runbooks.example.org/checkout

Answer: https://tocsin.example.org/p/AbCd
The link is yours: whoever holds it answers as ada.

Board: https://grafana.example.org/d/1?a=1&b=2
Service: checkout
Severity: SEV-1
Incident: inc_1
Alert: alr_1
)");
}

TEST(RenderText, LeavesOutWhatIsNotThere) {
  EXPECT_EQ(render_text(recovery()), R"(Recovered: checkout

Payments work again.
Since: Sun 2026-11-22 21:37 UTC


Incident: inc_1
)");
}

TEST(RenderText, AMarkedMessageSaysSoFirst) {
  Delivery d = page();
  d.maybe_duplicate = true;
  EXPECT_TRUE(render_text(d).starts_with(
      "You may have had this page already: an earlier try may have arrived.\n\nSEV-1"));
  d.message.is_page = false;
  EXPECT_TRUE(render_text(d).starts_with("You may have had this message already"));
}

TEST(RenderHtml, EscapesEveryTextAndLinksOnlyToTheWeb) {
  Delivery d = page();
  for (std::string* text : {&d.message.title, &d.message.impact, &d.message.likely,
                            &d.message.first_step, &d.message.service, &d.message.severity}) {
    *text = "<script>alert('&\"')</script>";
  }
  d.message.links = {{"<b>", "javascript:alert(1)"}, {"x", "https://a.example/\"onclick=\"b"}};
  const std::string html = render_html(d);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("href=\"javascript")));
  EXPECT_THAT(html, Not(HasSubstr("\"onclick")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(html, HasSubstr("href=\"https://tocsin.example.org/p/AbCd\">Answer this page</a>"));
}

TEST(RenderMail, IsAThreadedMultipartMail) {
  const std::string mail = render_mail(page(), envelope());
  EXPECT_TRUE(
      mail.starts_with("From: \"Tocsin\" <bell@example.org>\r\n"
                       "To: ada@example.org\r\n"
                       "Subject: SEV-1 checkout: customers cannot pay\r\n"
                       "Date: Mon, 2 Nov 2026 01:08:00 +0000\r\n"
                       "Message-ID: <dlv_1@tocsin.example.org>\r\n"
                       "In-Reply-To: <inc_1@tocsin.example.org>\r\n"
                       "References: <inc_1@tocsin.example.org>\r\n"
                       "Auto-Submitted: auto-generated\r\n"
                       "Importance: high\r\n"
                       "X-Priority: 1\r\n"
                       "X-Tocsin-Delivery: dlv_1\r\n"
                       "MIME-Version: 1.0\r\n"
                       "Content-Type: multipart/alternative;\r\n boundary=\"=_dlv_1\"\r\n"
                       "\r\n"
                       "--=_dlv_1\r\n"
                       "Content-Type: text/plain; charset=utf-8\r\n"
                       "Content-Transfer-Encoding: quoted-printable\r\n"
                       "\r\n"
                       "SEV-1 checkout: customers cannot pay\r\n"))
      << mail;
  EXPECT_THAT(mail, HasSubstr("--=_dlv_1\r\nContent-Type: text/html; charset=utf-8\r\n"));
  EXPECT_TRUE(mail.ends_with("\r\n--=_dlv_1--\r\n"));
}

TEST(RenderMail, ARepetitionHasTheSameMessageIdAndAMark) {
  Delivery d = page();
  d.attempts = 2;
  d.maybe_duplicate = true;
  const std::string headers = headers_of(render_mail(d, envelope()));
  EXPECT_THAT(headers, HasSubstr("Message-ID: <dlv_1@tocsin.example.org>"));
  EXPECT_THAT(headers, HasSubstr("Subject: [repeated] SEV-1 checkout"));
}

TEST(RenderMail, ANotificationIsNotUrgent) {
  const std::string headers = headers_of(render_mail(recovery(), envelope()));
  EXPECT_THAT(headers, Not(HasSubstr("Importance")));
  EXPECT_THAT(headers, HasSubstr("References: <inc_1@tocsin.example.org>"));
  Delivery alone = recovery();
  alone.message.incident_id.clear();
  EXPECT_THAT(headers_of(render_mail(alone, envelope())), Not(HasSubstr("References")));
}

// Whatever a title, a name, an id or an address holds: the same headers, each once, ASCII, CRLF.
TEST(RenderMail, NobodyAddsAHeaderOrAPart) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SeededRng rng(seed);
    const auto hostile = [&rng] {
      static constexpr std::string_view kPieces[] = {
          "\r\n",     "\n",      "\r",         "Bcc: x@y",
          ": ",       "--=_dlv", "=?UTF-8?B?", "?=",
          " ",        "\"",      "<>",         "a",
          "\xc3\xbc", "\xff",    "=",          std::string_view("\0", 1)};
      std::string out;
      for (int i = 0; i < 12; ++i) out += kPieces[rng.below(std::size(kPieces))];
      return out;
    };
    Delivery d = page();
    MailEnvelope e = envelope();
    for (std::string* text : {&d.id, &d.contact.address, &d.message.title, &d.message.incident_id,
                              &d.message.impact, &e.from_name, &e.host}) {
      *text = hostile();
    }
    const std::string mail = render_mail(d, e);
    const std::string headers = headers_of(mail);
    std::vector<std::string> names;
    for (const std::string_view line : split(headers, '\n')) {
      names.emplace_back(line.substr(0, line.find(':')));
    }
    EXPECT_THAT(names,
                ::testing::ElementsAre("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To",
                                       "References", "Auto-Submitted", "Importance", "X-Priority",
                                       "X-Tocsin-Delivery", "MIME-Version", "Content-Type"))
        << "seed " << seed;
    int parts = 0;
    for (const std::string_view line : split(mail, '\n')) {
      EXPECT_TRUE(line.empty() || line.ends_with('\r')) << "seed " << seed;
      EXPECT_LE(line.size(), 998u);
      parts += line.starts_with("--=_");
    }
    EXPECT_EQ(parts, 3) << "seed " << seed;
    for (const char c : mail) ASSERT_LT(static_cast<unsigned char>(c), 0x7f) << "seed " << seed;
  }
}

TEST(RenderSlack, IsTextAndBlocks) {
  EXPECT_EQ(
      codec::to_text(render_slack(page())),
      R"({"text":"SEV-1 checkout: customers cannot pay - 412 payments have failed, 96% of all","blocks":[)"
      R"({"type":"section","text":{"type":"mrkdwn","text":"*SEV-1 checkout: customers cannot pay*"}},)"
      R"({"type":"section","text":{"type":"mrkdwn","text":"412 payments have failed, 96% of all"}},)"
      R"({"type":"section","text":{"type":"mrkdwn","text":"*Since* Sun 2026-11-22 21:37 UTC"}},)"
      R"({"type":"section","text":{"type":"mrkdwn","text":"*Likely* deploy 4f2c of payment, 3 min before"}},)"
      R"({"type":"section","text":{"type":"mrkdwn","text":"*Do first* roll payment back"}},)"
      R"({"type":"section","text":{"type":"mrkdwn","text":"<https://runbooks.example.org/checkout|Runbook>"}},)"
      R"({"type":"section","text":{"type":"mrkdwn","text":"*<https://tocsin.example.org/p/AbCd|Answer this page>*"}},)"
      R"({"type":"section","text":{"type":"mrkdwn","text":"<https://grafana.example.org/d/1?a=1&amp;b=2|Board>"}},)"
      R"({"type":"context","elements":[{"type":"mrkdwn","text":"checkout SEV-1 inc_1"}]}],)"
      R"("unfurl_links":false,"unfurl_media":false})");
}

TEST(RenderSlack, NobodyCallsTheChannelOrFakesALink) {
  Delivery d = page();
  d.message.title = "<!channel> & <https://evil.example|Answer>";
  d.message.impact = d.message.title;
  d.message.links = {{"a|b>", "https://a.example/|x"}, {"j", "javascript:alert(1)"}};
  const std::string json = codec::to_text(render_slack(d));
  EXPECT_THAT(json, Not(HasSubstr("<!channel>")));
  EXPECT_THAT(json, HasSubstr("&lt;!channel&gt; &amp; &lt;https"));
  EXPECT_THAT(json, HasSubstr("<https://a.example/%7Cx|a|b&gt;>"));
  EXPECT_THAT(json, Not(HasSubstr("<javascript")));
}

// Slack answers 400 (invalid_blocks) to one text that is too long, and the page would be lost.
TEST(RenderSlack, StaysUnderSlacksLimits) {
  Delivery d = page();
  const std::string endless(10'000, '&');
  d.message.title = d.message.impact = d.message.likely = d.message.first_step = endless;
  d.message.service = endless;
  d.message.links.assign(200, {endless, "https://a.example/" + std::string(1400, 'a')});
  d.maybe_duplicate = true;
  const codec::JsonObject slack = render_slack(d);
  const auto& blocks = slack.at("blocks").as_array();
  EXPECT_LE(blocks.size(), 50u);
  for (const auto& block : blocks) {
    const auto& object = block.as_object();
    if (!object.contains("text")) continue;
    EXPECT_LE(object.at("text").at("text").as_string().size(), 3000u);
    EXPECT_GT(object.at("text").at("text").as_string().size(), 0u);
  }
}

TEST(RenderWebhook, CarriesEveryField) {
  EXPECT_EQ(codec::to_text(render_webhook(page())),
            R"({"version":1,"type":"page","delivery":"dlv_1","try":1,"maybe_duplicate":false,)"
            R"("subject":{"kind":"page","id":"pag_1"},"person":"ada",)"
            R"("since":"2026-11-22T21:37:20.000Z",)"
            R"("title":"SEV-1 checkout: customers cannot pay",)"
            R"("impact":"412 payments have failed, 96% of all",)"
            R"("likely":"deploy 4f2c of payment, 3 min before","first_step":"roll payment back",)"
            R"("runbook":"https://runbooks.example.org/checkout",)"
            R"("answer_url":"https://tocsin.example.org/p/AbCd","incident_id":"inc_1",)"
            R"("alert_id":"alr_1","service":"checkout","severity":"SEV-1",)"
            R"("links":[{"name":"Board","url":"https://grafana.example.org/d/1?a=1&b=2"}]})");
  EXPECT_EQ(render_webhook(recovery()).at("type").as_string(), "notification");
}

}  // namespace
}  // namespace tocsin::notify
