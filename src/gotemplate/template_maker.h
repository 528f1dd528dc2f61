#pragma once

#include <string>
#include <string_view>

#include "base/rng.h"
#include "gotemplate/alert_data.h"

namespace tocsin::gotemplate::testing {

// Random notifications: names and values that are empty, long, in other scripts, or look like
// markup, quotes and addresses.
NotificationFacts make_facts(Rng& rng);

// Random templates that mostly make sense for a notification. They leave out what Alertmanager 0.25
// does not have or prints otherwise: label sets as a whole, its newer functions, range over
// numbers.
class TemplateMaker {
 public:
  explicit TemplateMaker(Rng& rng) : rng_(rng) {}

  std::string text_template();
  std::string html_template();  // ends outside of tags

 private:
  std::string pick(std::initializer_list<std::string_view> from);
  std::string literal();
  std::string body(int depth);
  std::string action(int depth);
  std::string control(int depth);
  std::string text(int depth);  // an expression that gives text
  std::string number(int depth);
  std::string truth(int depth);
  std::string labels();
  std::string texts(int depth);  // a list of text
  std::string alert();           // an alert
  std::string moment();
  std::string any(int depth);
  std::string formatted(int depth);
  std::string value();  // an action that prints a text, for HTML
  std::string html_piece();

  Rng& rng_;
  int in_alert_ = 0;  // dot is an alert
  int variables_ = 0;
};

}  // namespace tocsin::gotemplate::testing
