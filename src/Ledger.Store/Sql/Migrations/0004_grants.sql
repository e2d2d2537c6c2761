-- The running service reads the log and appends through the function, nothing more; what it may run
-- is granted in each function's own file.
alter default privileges revoke execute on functions from public;
revoke execute on function ledger.refuse_change() from public;

grant usage on schema ledger to ledger_service, ledger_eraser;
grant select on ledger.mt_streams, ledger.mt_events, ledger.mt_event_progression, ledger.command_keys, ledger.migrations
  to ledger_service;

-- Operational state: the service's to read and write. Read models: the service's to create and to own,
-- so that a new version is built beside the old one while that is read.
grant usage on schema ledger_ops to ledger_service;
alter default privileges in schema ledger_ops grant select, insert, update, delete on tables to ledger_service;
alter default privileges in schema ledger_ops grant usage, select on sequences to ledger_service;
grant usage, create on schema ledger_read to ledger_service;
