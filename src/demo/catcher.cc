#include "demo/catcher.h"

#include <fmt/format.h>

#include "base/text.h"
#include "demo/runbooks.h"

namespace tocsin::demo {
namespace {

constexpr size_t kKeep = 500;

// The first link that answers a page, if the text has one.
std::string answer_link(std::string_view text) {
  const size_t mark = text.find("/p/");
  if (mark == std::string_view::npos) return {};
  const size_t scheme = text.rfind("http", mark);
  if (scheme == std::string_view::npos || mark - scheme > 200) return {};
  const size_t end = text.find_first_of("\"<>|) \r\n\t\\", mark);
  return std::string(text.substr(scheme, end == std::string_view::npos ? end : end - scheme));
}

// The text of a top-level field of a JSON body, for the list; the body stays as it came.
std::string json_text(std::string_view body, std::string_view key) {
  const auto node = codec::parse_json(body);
  if (!node) return "(not JSON)";
  const codec::Node* field = node->find(key);
  return field == nullptr ? std::string() : field->scalar;
}

// What a webhook's message says below its title, in the order in which somebody who was woken reads
// it. Empty for a body that is not a message of ours.
std::string parts_html(std::string_view body) {
  constexpr std::pair<const char*, const char*> kParts[] = {
      {"impact", "Users lose"},   {"since", "Since"},     {"likely", "Likely"},
      {"first_step", "Do first"}, {"runbook", "Runbook"}, {"answer_url", "Answer"}};
  const auto node = codec::parse_json(body);
  if (!node || node->find("first_step") == nullptr) return {};
  std::string out;
  for (const auto& [field, label] : kParts) {
    const codec::Node* value = node->find(field);
    if (value == nullptr || value->scalar.empty()) continue;
    const std::string text = escape_html(value->scalar);
    const bool is_link = value->scalar.starts_with("http") && !value->scalar.contains(' ');
    out += is_link ? fmt::format("<p>{0}: <a href=\"{1}\">{1}</a></p>", label, text)
                   : fmt::format("<p>{}: {}</p>", label, text);
  }
  return out;
}

// A header of a mail as it was sent; the catcher shows, it does not interpret.
std::string mail_header(std::string_view mail, std::string_view name) {
  for (std::string_view line : split(mail, '\n')) {
    if (trim(line).empty()) return {};
    if (line.size() > name.size() && equal_ignoring_case(line.substr(0, name.size()), name) &&
        line[name.size()] == ':') {
      return std::string(trim(line.substr(name.size() + 1)));
    }
  }
  return {};
}

codec::JsonObject to_json(const Caught& c) {
  return {{"number", c.number}, {"at", to_rfc3339(c.at)}, {"channel", c.channel}, {"to", c.to},
          {"title", c.title},   {"link", c.link},         {"body", c.body}};
}

constexpr std::string_view kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;"
    "color-scheme:light dark}article{border:1px solid #8886;border-radius:6px;padding:.5rem 1rem;"
    "margin:.75rem 0}h2{font-size:1rem;margin:.2rem 0}small{opacity:.75}pre{overflow:auto;"
    "max-height:20rem;white-space:pre-wrap;font-size:13px}";

}  // namespace

Result<std::unique_ptr<Catcher>> Catcher::open(FaultBoard& faults, int http_port, int smtp_port,
                                               const Clock& clock, Rng& rng, Log& log) {
  std::unique_ptr<Catcher> catcher(new Catcher(faults, clock));
  catcher->add_routes();
  ASSIGN_OR_RETURN(catcher->smtp_,
                   net::SmtpCatcher::start(smtp_port, [c = catcher.get()](net::CaughtMail mail) {
                     c->keep("mail", mail.to, mail_header(mail.message, "Subject"), mail.message);
                   }));
  net::ServerOptions options;
  options.listen = fmt::format("127.0.0.1:{}", http_port);
  options.loops = 1;
  options.workers = 2;
  ASSIGN_OR_RETURN(catcher->server_, net::Server::start(catcher->router_, options, clock, rng, log,
                                                        catcher->metrics_));
  return catcher;
}

Catcher::~Catcher() {
  if (server_) server_->stop(seconds(1));
}

void Catcher::add_routes() {
  router_.add("POST", "/webhook/{person}", [this](const net::Request& request) {
    keep("webhook", request.params.at("person"), json_text(request.body, "title"), request.body);
    return net::Response::empty();
  });
  router_.add("POST", "/slack/{person}", [this](const net::Request& request) {
    keep("slack", request.params.at("person"), json_text(request.body, "text"), request.body);
    return net::Response::text(200, "ok");
  });
  router_.add("GET", "/", [this](const net::Request&) { return net::Response::html(200, page()); });
  router_.add("GET", "/messages", [this](const net::Request& request) {
    const std::string after(request.query_value("after").value_or("0"));
    codec::JsonObject body{{"messages", messages_after(std::strtoll(after.c_str(), nullptr, 10))}};
    return net::Response::json(200, body);
  });
  router_.add("GET", "/runbooks/{service}", [](const net::Request& request) {
    const std::string book = runbook_page(request.params.at("service"));
    if (book.empty()) return net::Response::text(404, "there is no such runbook\n");
    return net::Response::html(200, book);
  });
  router_.add("POST", "/break/{fault}", [this](const net::Request& request) {
    const auto fault = parse_fault(request.params.at("fault"));
    if (!fault) return net::Response::error(fault.error(), request);
    faults_.set(*fault, true);
    return net::Response::empty();
  });
  router_.add("POST", "/heal", [this](const net::Request&) {
    faults_.heal();
    return net::Response::empty();
  });
}

void Catcher::keep(std::string channel, std::string to, std::string title, std::string body) {
  std::scoped_lock lock(mutex_);
  Caught caught{++last_number_,
                clock_.now(),
                std::move(channel),
                std::move(to),
                std::move(title),
                std::move(body),
                {}};
  caught.link = answer_link(caught.body);
  caught_.push_back(std::move(caught));
  if (caught_.size() > kKeep) caught_.pop_front();
}

codec::JsonArray Catcher::messages_after(int64_t number) const {
  std::scoped_lock lock(mutex_);
  codec::JsonArray out;
  for (const Caught& caught : caught_) {
    if (caught.number > number) out.push_back(to_json(caught));
  }
  return out;
}

std::string Catcher::page() const {
  std::scoped_lock lock(mutex_);
  std::string out = fmt::format(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><meta http-equiv=\"refresh\" content=\"5\">"
      "<title>({}) What people received</title><style>{}</style><h1>What people received</h1>",
      caught_.size(), kStyle);
  if (caught_.empty())
    out += "<p>Nothing yet. Break something: <code>tocsin demo break total-outage</code></p>";
  for (auto it = caught_.rbegin(); it != caught_.rend(); ++it) {
    std::string parts = parts_html(it->body);
    if (parts.empty() && !it->link.empty()) {
      parts = fmt::format("<p><a href=\"{0}\">Answer</a></p>", escape_html(it->link));
    }
    out += fmt::format(
        "<article><h2>{}</h2><small>{} to {} at {}</small>{}<details><summary>As it came"
        "</summary><pre>{}</pre></details></article>",
        escape_html(it->title), it->channel, escape_html(it->to), to_rfc3339(it->at), parts,
        escape_html(it->body));
  }
  return out + "</html>";
}

}  // namespace tocsin::demo
