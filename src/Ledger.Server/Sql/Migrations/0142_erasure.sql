-- Operational: erasures that were asked for, and what was decided. No value that is to be erased is kept here.
create table ledger_ops.erasure (
  id uuid not null constraint pkey_erasure primary key,
  state varchar not null check (state in ('pending', 'approved', 'rejected')),
  positions bigint[] not null,
  fields varchar[] not null,
  legal_basis varchar not null,
  requested_by varchar not null,
  requested_at timestamptz not null,
  decided_by varchar,
  decided_at timestamptz
);

-- The one function that changes an event belongs to the eraser. The owner, who runs migrations, makes it and hands it over.
reset role;
grant ledger_eraser to ledger_owner;
set local role ledger_owner;
grant create on schema ledger to ledger_eraser;
grant select, update (data, headers) on ledger.mt_events to ledger_eraser;
