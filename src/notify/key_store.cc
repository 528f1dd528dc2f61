#include "notify/key_store.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tocsin::notify {

namespace {

constexpr size_t kKeyBytes = 32;

}  // namespace

Result<std::optional<std::string>> read_key(store::Session& session, std::string_view name) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT bytes FROM notify_key WHERE name = $1", name));
  if (rows.empty()) return std::nullopt;
  auto key = base64url_decode(rows[0].text(0));
  if (!key || key->size() != kKeyBytes) {
    return fail(
        Code::kDataLoss,
        fmt::format("table notify_key: the key '{}' is damaged; delete its row to make a new "
                    "one (links that were sent become void)",
                    name));
  }
  return *std::move(key);
}

Result<std::string> read_or_make_key(store::Session& session, std::string_view name, Rng& rng) {
  ASSIGN_OR_RETURN(auto known, read_key(session, name));
  if (known) return *std::move(known);
  const std::string text = rng.token(kKeyBytes);
  RETURN_IF_ERROR(session.exec("INSERT INTO notify_key (name, bytes) VALUES ($1, $2)", name, text));
  return base64url_decode(text);
}

}  // namespace tocsin::notify
