#pragma once

#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace tocsin {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kLogfmt, kJson };
Result<LogLevel> parse_log_level(std::string_view text);    // debug, info, warn, error
Result<LogFormat> parse_log_format(std::string_view text);  // logfmt, json

// One key and its value. A Secret arrives as <secret>.
struct LogField {
  using Value = std::variant<std::string, int64_t, double, bool>;
  std::string_view key;
  Value value;

  LogField(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, const Secret& v) : key(k), value(fmt::format("{}", v)) {}
  LogField(std::string_view k, const Error& v) : key(k), value(v.message) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, Duration v) : key(k), value(to_seconds(v)) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view k, T v) : key(k), value(static_cast<int64_t>(v)) {}
  template <std::floating_point T>
  LogField(std::string_view k, T v) : key(k), value(static_cast<double>(v)) {}
};

// Structured lines: ts, level, msg, then the fields. An `error` line means that a promise of ours
// is in danger and a person should look; journeys fail on one that no test announced. Thread-safe;
// a line is written whole with one write.
class Log {
 public:
  using Fields = std::initializer_list<LogField>;
  using Sink = std::function<void(LogLevel, std::string_view line)>;  // line ends with '\n'

  // Writes to standard error unless a sink is given.
  Log(const Clock& clock, LogLevel level, LogFormat format, Sink sink = {});

  void debug(std::string_view msg, Fields fields = {}) { write(LogLevel::kDebug, msg, fields); }
  void info(std::string_view msg, Fields fields = {}) { write(LogLevel::kInfo, msg, fields); }
  void warn(std::string_view msg, Fields fields = {}) { write(LogLevel::kWarn, msg, fields); }
  void error(std::string_view msg, Fields fields = {}) { write(LogLevel::kError, msg, fields); }

 private:
  void write(LogLevel level, std::string_view msg, Fields fields);

  const Clock& clock_;
  const LogLevel level_;
  const LogFormat format_;
  const Sink sink_;
  std::mutex mutex_;
};

}  // namespace tocsin
