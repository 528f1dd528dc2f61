#include "telemetry/prom_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <limits>
#include <optional>

#include "base/text.h"

namespace tocsin::telemetry {
namespace {

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool is_name(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

// One line of an exposition, read from left to right. Each step says what it expected.
class Line {
 public:
  Line(std::string_view text, TextFormat format) : rest_(text), format_(format) {}

  Result<TextSample> read() {
    TextSample sample;
    ASSIGN_OR_RETURN(sample.name, name("a metric name"));
    skip_blanks();
    if (take('{')) RETURN_IF_ERROR(labels(sample));
    RETURN_IF_ERROR(check_unique(sample));
    skip_blanks();
    ASSIGN_OR_RETURN(sample.value, number());
    skip_blanks();
    if (!rest_.empty() && rest_.front() != '#') {
      ASSIGN_OR_RETURN(sample.t_ms, timestamp());
      skip_blanks();
    }
    // What follows a '#' behind a sample of OpenMetrics is an exemplar.
    if (!rest_.empty() && !(format_ == TextFormat::kOpenMetrics && rest_.front() == '#')) {
      return invalid(fmt::format("'{}' stands behind the sample", rest_.substr(0, 40)));
    }
    return sample;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t'))
      rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view word() {
    const size_t end = rest_.find_first_of(" \t");
    const std::string_view w = rest_.substr(0, end);
    rest_.remove_prefix(w.size());
    return w;
  }

  Result<std::string_view> name(std::string_view what) {
    size_t end = 0;
    if (!rest_.empty() && is_name_start(rest_[0])) {
      while (end < rest_.size() && is_name(rest_[end])) ++end;
    }
    if (end == 0) return invalid(fmt::format("{} is missing", what));
    const std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return out;
  }

  Result<> labels(TextSample& sample) {
    while (true) {
      skip_blanks();
      if (take('}')) return {};
      ASSIGN_OR_RETURN(const std::string_view label, name("a label name"));
      skip_blanks();
      if (!take('=')) return invalid(fmt::format("'=' is missing behind label {}", label));
      skip_blanks();
      ASSIGN_OR_RETURN(const std::string_view value, quoted(label));
      sample.labels.emplace_back(label, value);
      skip_blanks();
      if (!take(',') && (rest_.empty() || rest_.front() != '}')) {
        return invalid(fmt::format("',' or '}}' is missing behind the value of label {}", label));
      }
    }
  }

  // The metric's name is a label, too: __name__.
  static Result<> check_unique(const TextSample& sample) {
    if (sample.labels.empty()) return {};
    std::vector<std::string_view> names{"__name__"};
    for (const auto& [label, value] : sample.labels) names.push_back(label);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice == names.end()) return {};
    return fail(Code::kAlreadyExists, fmt::format("label {} is given twice", *twice));
  }

  // A view into the line where nothing is escaped, else into `unescaped_`.
  Result<std::string_view> quoted(std::string_view label) {
    if (!take('"')) return invalid(fmt::format("the value of label {} is not quoted", label));
    size_t end = 0;
    bool has_escape = false;
    while (end < rest_.size() && rest_[end] != '"') {
      has_escape |= rest_[end] == '\\';
      end += rest_[end] == '\\' ? 2 : 1;
    }
    if (end >= rest_.size()) return invalid(fmt::format("the value of label {} has no end", label));
    const std::string_view raw = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return has_escape ? unescape(raw) : raw;
  }

  std::string_view unescape(std::string_view raw) {
    std::string& out = unescaped_.emplace_back();
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '\\') {
        out += raw[i];
      } else if (raw[++i] == 'n') {
        out += '\n';
      } else {
        if (raw[i] != '\\' && raw[i] != '"') out += '\\';
        out += raw[i];
      }
    }
    return out;
  }

  Result<double> number() {
    const std::string_view text = word();
    const bool has_plus = text.starts_with('+') && !text.starts_with("+-");
    const std::string_view digits = has_plus ? text.substr(1) : text;
    if (equal_ignoring_case(digits, "nan")) return std::numeric_limits<double>::quiet_NaN();
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error == std::errc::invalid_argument ||
        end != digits.data() + digits.size()) {
      return invalid(fmt::format("'{}' is not a number", text.substr(0, 40)));
    }
    if (error == std::errc::result_out_of_range) {
      // Too small is zero, as for Prometheus' own parser; too large is wrong.
      const double nearest = std::strtod(std::string(digits).c_str(), nullptr);
      if (std::abs(nearest) < 1) return nearest;
      return invalid(fmt::format("'{}' does not fit into a double", text.substr(0, 40)));
    }
    return value;
  }

  // Milliseconds in the Prometheus format, seconds with fractions in OpenMetrics.
  Result<int64_t> timestamp() {
    ASSIGN_OR_RETURN(const double t, number());
    const double ms = format_ == TextFormat::kOpenMetrics ? t * 1000 : t;
    if (!(std::abs(ms) < 9e15)) return invalid("the timestamp is out of range");
    return static_cast<int64_t>(std::llround(ms));
  }

  std::string_view rest_;
  const TextFormat format_;
  std::deque<std::string> unescaped_;

 public:
  // The sample's views point into this.
  Line(const Line&) = delete;
};

// What the `# TYPE` lines of OpenMetrics say about the samples that follow them.
class Family {
 public:
  void read(std::string_view comment) {
    constexpr std::string_view kType = "# TYPE ";
    if (!comment.starts_with(kType)) return;
    comment.remove_prefix(kType.size());
    const size_t end = comment.find(' ');
    name_ = comment.substr(0, end);
    const std::string_view type =
        end == std::string_view::npos ? std::string_view() : trim(comment.substr(end));
    has_created_ = type == "counter" || type == "histogram" || type == "summary";
  }
  // Says when a counter began; a gauge may be called like this too and is a sample then.
  bool is_created(std::string_view sample) const {
    return has_created_ && sample.size() == name_.size() + 8 && sample.starts_with(name_) &&
           sample.ends_with("_created");
  }

 private:
  std::string_view name_;
  bool has_created_ = false;
};

}  // namespace

TextFormat text_format_of(std::string_view content_type) {
  return trim(content_type.substr(0, content_type.find(';'))) == "application/openmetrics-text"
             ? TextFormat::kOpenMetrics
             : TextFormat::kPrometheus;
}

Result<> parse_prom_text(std::string_view text, TextFormat format,
                         const std::function<bool(const TextSample&)>& take) {
  const bool is_open_metrics = format == TextFormat::kOpenMetrics;
  Family family;
  bool has_ended = false;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    line = trim(line);
    if (line.empty()) continue;
    if (has_ended) return invalid(fmt::format("line {}: there is more behind '# EOF'", number));
    if (line.front() == '#') {
      has_ended = is_open_metrics && line == "# EOF";
      if (is_open_metrics) family.read(line);
      continue;
    }
    Line reader(line, format);
    const auto sample = reader.read();
    if (!sample) return fail(Error(sample.error()).in(fmt::format("line {}", number)));
    if (family.is_created(sample->name)) continue;
    if (!take(*sample)) return {};
  }
  if (is_open_metrics && !has_ended) {
    return invalid("the text was cut off: OpenMetrics ends with a line '# EOF'");
  }
  return {};
}

}  // namespace tocsin::telemetry
