#include "oncall/user_group_store.h"

#include "base/text.h"

namespace tocsin::oncall {

Result<> put_group(store::Session& sql, const GroupRow& row) {
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO user_group (id, members, confirmed, tries, problem) VALUES ($1, $2, $3, $4, $5)"
      " ON CONFLICT (id) DO UPDATE SET members = excluded.members, confirmed = excluded.confirmed,"
      " tries = excluded.tries, problem = excluded.problem",
      row.id, join(row.state.members, ","), row.state.confirmed, row.tries, row.problem));
  return {};
}

Result<std::optional<GroupRow>> read_group(store::Session& sql, std::string_view id) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      sql.query("SELECT id, members, confirmed, tries, problem FROM user_group WHERE id = $1", id));
  if (rows.empty()) return std::nullopt;
  GroupRow row;
  row.id = rows[0].text(0);
  const std::string members = rows[0].text(1);
  for (const std::string_view member : split(members, ',')) {
    if (!member.empty()) row.state.members.emplace_back(member);
  }
  row.state.confirmed = rows[0].maybe_time(2);
  row.tries = static_cast<int>(rows[0].integer(3));
  row.problem = rows[0].text(4);
  return row;
}

Result<std::vector<std::string>> group_ids(store::Session& sql) {
  ASSIGN_OR_RETURN(const store::Rows rows, sql.query("SELECT id FROM user_group ORDER BY id"));
  std::vector<std::string> out;
  for (const store::Row& row : rows) out.push_back(row.text(0));
  return out;
}

Result<> delete_group(store::Session& sql, std::string_view id) {
  RETURN_IF_ERROR(sql.exec("DELETE FROM user_group WHERE id = $1", id));
  return {};
}

}  // namespace tocsin::oncall
