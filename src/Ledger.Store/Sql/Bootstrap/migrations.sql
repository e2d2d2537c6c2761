-- What was applied here, by name; a hash that differs from the program's is refused for migrations
-- and run again for functions.
create table if not exists ledger.migrations (
  name varchar not null constraint pkey_migrations primary key,
  hash varchar not null,
  applied_at timestamptz not null default now()
);
