#include "store/lease_row.h"

#include <fmt/format.h>
#include <unistd.h>

#include "store/transaction.h"

namespace tocsin::store {
namespace {

std::unexpected<Error> no_row() {
  return fail(Code::kDataLoss, "table lease has lost its row; restore the database");
}

}  // namespace

std::string with_process(const std::string& holder) {
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) != 0)
    return fmt::format("{} (pid {})", holder, ::getpid());
  return fmt::format("{} (pid {} on {})", holder, ::getpid(), host);
}

Result<std::string> read_holder(Session& session) {
  ASSIGN_OR_RETURN(const Rows rows, session.query("SELECT holder FROM lease WHERE id = 1"));
  if (rows.empty()) return no_row();
  return rows[0].text(0).empty() ? "another process" : rows[0].text(0);
}

Result<int64_t> raise_epoch(Session& session, const std::string& holder, Time now) {
  int64_t epoch = 0;
  const auto body = [&]() -> Result<> {
    ASSIGN_OR_RETURN(const Rows rows,
                     session.query("UPDATE lease SET epoch = epoch + 1, holder = $1, "
                                   "acquired_at = $2 WHERE id = 1 RETURNING epoch",
                                   holder, now));
    if (rows.empty()) return no_row();
    epoch = rows[0].integer(0);
    return {};
  };
  RETURN_IF_ERROR(in_write_transaction(session, body));
  return epoch;
}

Result<> check_epoch(Session& session, int64_t epoch, std::string_view locking) {
  const std::string sql = fmt::format("SELECT epoch, holder FROM lease WHERE id = 1{}", locking);
  ASSIGN_OR_RETURN(const Rows rows, session.query(sql));
  if (rows.empty()) return no_row();
  if (rows[0].integer(0) == epoch) return {};
  return fail(
      Code::kAborted,
      fmt::format("the lease is lost: epoch {} is held by {}, ours was {}; this process may "
                  "not write any more",
                  rows[0].integer(0), rows[0].text(1), epoch));
}

}  // namespace tocsin::store
