-- The files that were applied here, by name. When a hash differs from the program's, a migration is refused
-- and a function is run again.
create table if not exists ledger.migrations (
  name varchar not null constraint pkey_migrations primary key,
  hash varchar not null,
  applied_at timestamptz not null default now()
);
