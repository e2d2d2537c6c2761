-- Who is told of events, how far each has been told, and what became of every delivery. Operational state: the log does not depend on it.
create table ledger_ops.subscription (
  id text collate "C" primary key,
  name text not null,
  target jsonb not null,
  filter jsonb not null,
  state text not null check (state in ('active', 'paused', 'disabled')),
  -- Sealed under a key that the database does not hold.
  secrets bytea,
  -- Everything up to here is delivered, or stands in ledger_ops.delivery.
  position bigint not null check (position >= 0),
  -- Grows with every change by hand, so that the dispatcher starts anew from what is stored.
  revision bigint not null default 1,
  created_by text not null,
  -- Whether the key that made it saw what is restricted.
  audits boolean not null,
  created_at timestamptz not null,
  succeeded_at timestamptz,
  failed_at timestamptz,
  error text
);

create table ledger_ops.delivery (
  subscription text collate "C" not null references ledger_ops.subscription on delete cascade,
  position bigint not null,
  event_id uuid not null,
  stream text collate "C" not null,
  type text not null,
  recorded_at timestamptz not null,
  state text not null check (state in ('pending', 'parked', 'delivered', 'skipped')),
  -- [{at, durationMs, status, error}], the newest last.
  attempts jsonb not null,
  attempt_count int not null,
  next_attempt_at timestamptz,
  finished_at timestamptz,
  primary key (subscription, position)
);
create index delivery_open on ledger_ops.delivery (subscription, stream, position) where state in ('pending', 'parked');
create index delivery_finished on ledger_ops.delivery (subscription, finished_at) where finished_at is not null;

grant select, insert, update, delete on ledger_ops.subscription, ledger_ops.delivery to ledger_service;
