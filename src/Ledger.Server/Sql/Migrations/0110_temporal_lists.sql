-- The lists of the first shape answered on the recorded axis alone. They are a projection: dropped here, and built
-- anew in the second shape by the service when it starts.
drop table if exists ledger_read.assertion_current, ledger_read.assertion_history;

-- Where a rebuild fills new tables beside those in service, before they take over.
grant usage, create on schema ledger_rebuild to ledger_service;
