#include "store/postgres_error.h"

namespace tocsin::store {
namespace {

struct StateRow {
  std::string_view prefix;  // of the SQLSTATE; the first row that fits counts
  Code code;
};

constexpr StateRow kStates[] = {
    {"08", Code::kUnavailable},            // connection exception
    {"22", Code::kInvalidArgument},        // data exception: range, encoding, division
    {"23505", Code::kAlreadyExists},       // unique_violation
    {"23", Code::kFailedPrecondition},     // other constraints
    {"25006", Code::kFailedPrecondition},  // read_only_sql_transaction
    {"25P02", Code::kAborted},             // in_failed_sql_transaction
    {"25P03", Code::kUnavailable},         // idle_in_transaction_session_timeout
    {"28", Code::kFailedPrecondition},     // invalid authorization
    {"3D000", Code::kFailedPrecondition},  // no such database
    {"3F000", Code::kFailedPrecondition},  // no such schema
    {"40", Code::kAborted},                // serialization failure, deadlock
    {"42501", Code::kFailedPrecondition},  // insufficient_privilege
    {"53300", Code::kUnavailable},         // too_many_connections
    {"53", Code::kResourceExhausted},      // disk full, out of memory
    {"55P03", Code::kUnavailable},         // lock_not_available
    {"57014", Code::kDeadlineExceeded},    // query_canceled: statement_timeout
    {"57", Code::kUnavailable},            // shutting down, crashed, starting
    {"58", Code::kUnavailable},            // system error
    {"XX001", Code::kDataLoss},            // data_corrupted
    {"XX002", Code::kDataLoss},            // index_corrupted
};

}  // namespace

Code code_of_sqlstate(std::string_view state) {
  // libpq itself gives no state when it lost the connection.
  if (state.empty()) return Code::kUnavailable;
  for (const StateRow& row : kStates) {
    if (state.starts_with(row.prefix)) return row.code;
  }
  return Code::kInternal;
}

bool ends_connection(std::string_view state) {
  return state.starts_with("57P") || state.starts_with("08") || state == "25P03";
}

std::string_view fix_for_sqlstate(std::string_view state) {
  if (state == "53100") return "; make room on the server's disk";
  if (state == "3D000") return "; create the database: createdb";
  if (state.starts_with("28")) return "; check user and password in the database URL";
  if (state == "42501") return "; let this user create tables: GRANT CREATE, USAGE ON SCHEMA ...";
  if (state == "3F000") return "; create the schema that the search_path names";
  return "";
}

}  // namespace tocsin::store
