-- The name by which this ledger's events say where they come from: made once, kept for ever.
create table ledger_ops.identity (
  singleton boolean primary key default true check (singleton),
  id uuid not null default gen_random_uuid()
);
insert into ledger_ops.identity default values;
grant select on ledger_ops.identity to ledger_service;
