#pragma once

#include <functional>

#include "store/database.h"

namespace tocsin::store {

// Begins a transaction that will write. On SQLite it takes the write lock at once (BEGIN
// IMMEDIATE): a transaction that began with a read and wants to write later may find that it
// cannot, whatever the busy timeout.
Result<> begin_write(Session& session);
// Begins a transaction in which every query sees the same state.
Result<> begin_read(Session& session);
Result<> commit(Session& session);
// Never fails: what cannot be rolled back is gone already.
void rollback(Session& session);

// Runs `body` between begin_write and commit; rolls back when it fails. For set-up and migrations;
// whatever changes state while serving goes through the engine.
Result<> in_write_transaction(Session& session, const std::function<Result<>()>& body);

}  // namespace tocsin::store
