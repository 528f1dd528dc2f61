#include "base/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cmath>

namespace tocsin {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};

// A quoted text that is valid in JSON and in logfmt alike.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

bool is_bare(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '=' || c == '\\' || c == 0x7f) {
      return false;
    }
  }
  return true;
}

void append_value(std::string& out, const LogField::Value& value, LogFormat format) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (format == LogFormat::kLogfmt && is_bare(*text)) {
      out += *text;
    } else {
      append_quoted(out, *text);
    }
  } else if (const auto* number = std::get_if<int64_t>(&value)) {
    out += fmt::format("{}", *number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    // JSON has no word for infinity and not-a-number.
    out += std::isfinite(*real) ? fmt::format("{:.6g}", *real) : "null";
  } else {
    out += std::get<bool>(value) ? "true" : "false";
  }
}

}  // namespace

Result<LogLevel> parse_log_level(std::string_view text) {
  for (size_t i = 0; i < kLevels.size(); ++i) {
    if (text == kLevels[i]) return static_cast<LogLevel>(i);
  }
  return invalid(fmt::format("'{}' is not a log level; use debug, info, warn or error", text));
}

Result<LogFormat> parse_log_format(std::string_view text) {
  if (text == "logfmt") return LogFormat::kLogfmt;
  if (text == "json") return LogFormat::kJson;
  return invalid(fmt::format("'{}' is not a log format; use logfmt or json", text));
}

Log::Log(const Clock& clock, LogLevel level, LogFormat format, Sink sink)
    : clock_(clock), level_(level), format_(format), sink_(std::move(sink)) {}

void Log::write(LogLevel level, std::string_view msg, Fields fields) {
  if (level < level_) return;
  const bool json = format_ == LogFormat::kJson;
  const std::string_view name = kLevels[static_cast<size_t>(level)];
  std::string line =
      json ? fmt::format(R"({{"ts":"{}","level":"{}","msg":)", to_rfc3339(clock_.now()), name)
           : fmt::format("ts={} level={} msg=", to_rfc3339(clock_.now()), name);
  append_quoted(line, msg);
  for (const LogField& field : fields) {
    line += json ? "," : " ";
    if (json) {
      append_quoted(line, field.key);
    } else {
      line += field.key;
    }
    line += json ? ":" : "=";
    append_value(line, field.value, format_);
  }
  line += json ? "}\n" : "\n";

  std::scoped_lock lock(mutex_);
  if (sink_) {
    sink_(level, line);
    return;
  }
  for (size_t done = 0; done < line.size();) {
    const ssize_t put = ::write(STDERR_FILENO, line.data() + done, line.size() - done);
    if (put <= 0) return;  // there is nowhere left to complain to
    done += static_cast<size_t>(put);
  }
}

}  // namespace tocsin
