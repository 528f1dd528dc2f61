#include "notify/key_store.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tocsin::notify {

Result<std::string> read_or_make_key(store::Session& session, std::string_view name, Rng& rng) {
  constexpr size_t kKeyBytes = 32;
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT bytes FROM notify_key WHERE name = $1", name));
  if (rows.empty()) {
    const std::string text = rng.token(kKeyBytes);
    RETURN_IF_ERROR(
        session.exec("INSERT INTO notify_key (name, bytes) VALUES ($1, $2)", name, text));
    return base64url_decode(text);
  }
  auto key = base64url_decode(rows[0].text(0));
  if (!key || key->size() != kKeyBytes) {
    return fail(
        Code::kDataLoss,
        fmt::format("table notify_key: the key '{}' is damaged; delete its row to make a new "
                    "one (links that were sent become void)",
                    name));
  }
  return key;
}

}  // namespace tocsin::notify
