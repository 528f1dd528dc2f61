#include "notify/notify_config.h"

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/read_person.h"
#include "notify/mime.h"

namespace tocsin::notify {
namespace {

void read_from(codec::Fields& fields, SmtpConfig& smtp) {
  const std::string from = fields.text("from");
  if (from.empty()) return;
  const size_t open = from.find('<');
  if (open != std::string::npos && from.ends_with('>')) {
    smtp.from_name = std::string(trim(std::string_view(from).substr(0, open)));
    smtp.from = from.substr(open + 1, from.size() - open - 2);
  } else {
    smtp.from = from;
  }
  if (is_mail_address(smtp.from)) return;
  fields.problem("from", fmt::format("'{}' is not a mail address; write it as ops@example.org or "
                                     "Tocsin <ops@example.org>",
                                     from));
}

SmtpConfig read_smtp(codec::Fields fields) {
  SmtpConfig smtp;
  smtp.server = fields.text("server");
  const bool is_tls = smtp.server.starts_with("smtps://");
  if (!smtp.server.empty() && !is_tls && !smtp.server.starts_with("smtp://")) {
    fields.problem("server",
                   fmt::format("'{}' is not smtp://host:port or smtps://host:port", smtp.server));
  }
  read_from(fields, smtp);
  smtp.user = fields.text("user", "");
  smtp.password = fields.secret("password");
  smtp.starttls = fields.flag("starttls", true);
  if (!smtp.password.empty() && smtp.user.empty()) {
    fields.problem("password", "a password without a user; set smtp.user too");
  }
  fields.finish();
  return smtp;
}

}  // namespace

NotifyConfig read_notify_config(codec::Fields& fields) {
  NotifyConfig config;
  config.allow_private_webhooks = fields.flag("allow_private_webhooks", true);
  for (const codec::Fields& contact : fields.children("operators")) {
    if (auto read = catalog::read_contact(contact)) config.operators.push_back(*std::move(read));
  }
  if (fields.has("smtp")) {
    config.smtp = read_smtp(fields.child("smtp"));
  } else {
    fields.raw("smtp");  // an explicit null is fine and means: no mail
  }
  return config;
}

}  // namespace tocsin::notify
