#include "oncall/ringing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "oncall/page_store.h"

namespace tocsin::oncall {
namespace {

// The places of the query for a list; few sizes, so that a session has few texts prepared.
size_t places_for(size_t incidents) {
  constexpr std::array<size_t, 3> kSizes = {8, 128, kRingingAtOnce};
  const auto size = std::ranges::find_if(kSizes, [&](size_t s) { return s >= incidents; });
  if (size == kSizes.end()) bug("more incidents than one query takes");
  return *size;
}

std::string query_of(size_t places) {
  std::string query = fmt::format(
      "SELECT page.incident, page.person FROM page"
      " JOIN escalation ON escalation.incident = page.incident"
      " WHERE page.is_live = 1 AND {} AND page.incident IN (",
      kIsOfWhatIsRung);
  for (size_t i = 0; i < places; ++i) query += fmt::format("{}${}", i == 0 ? "" : ", ", i + 1);
  return query + ") ORDER BY page.created, page.round, page.step, page.id DESC";
}

Result<> add_ringing(store::Session& sql, std::span<const std::string> incidents,
                     Ringing& ringing) {
  const size_t places = places_for(incidents.size());
  std::vector<store::Value> values;
  for (const std::string& incident : incidents) values.emplace_back(store::TextRef{incident});
  // The places that are left name the last one again.
  values.resize(places, store::TextRef{incidents.back()});
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query(query_of(places), std::span<const store::Value>(values)));
  for (const auto& row : rows) ringing[row.text(0)].emplace_back(row.text(1));
  return {};
}

}  // namespace

Result<Ringing> read_ringing(store::Session& sql, std::span<const std::string> incidents) {
  Ringing ringing;
  for (size_t at = 0; at < incidents.size(); at += kRingingAtOnce) {
    const size_t count = std::min(kRingingAtOnce, incidents.size() - at);
    RETURN_IF_ERROR(add_ringing(sql, incidents.subspan(at, count), ringing));
  }
  return ringing;
}

}  // namespace tocsin::oncall
