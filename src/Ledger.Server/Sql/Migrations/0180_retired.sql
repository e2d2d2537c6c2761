-- Where a rebuild puts the tables that it took over from, before it drops them.
grant usage, create on schema ledger_retired to ledger_service;
