-- Marten's tables for string stream identity, so that a Marten application opens the log as it is
-- (docs/marten.md). Names of columns, constraints and indexes are Marten's; keep them.
create table ledger.mt_streams (
  id varchar not null constraint pkey_mt_streams_id primary key,
  type varchar,
  version bigint not null,
  timestamp timestamptz not null default now(),
  created timestamptz not null default now(),
  tenant_id varchar default '*DEFAULT*',
  is_archived bool default false
);

create table ledger.mt_events (
  seq_id bigint not null constraint pkey_mt_events_seq_id primary key,
  id uuid not null,
  stream_id varchar constraint fkey_mt_events_stream_id references ledger.mt_streams (id),
  version bigint not null,
  data jsonb not null,
  type varchar(500) not null,
  timestamp timestamptz not null default now(),
  tenant_id varchar default '*DEFAULT*',
  mt_dotnet_type varchar,
  is_archived bool default false,
  headers jsonb,
  correlation_id varchar,
  causation_id varchar,
  bdata bytea
);
create unique index pk_mt_events_stream_and_version on ledger.mt_events (stream_id, version);
-- Marten's optional index. A request without a key is found by it after its commit reply was lost.
create unique index idx_mt_events_event_id on ledger.mt_events (id);

create sequence ledger.mt_events_sequence owned by ledger.mt_events.seq_id;

create table ledger.mt_event_progression (
  name varchar not null constraint pk_mt_event_progression primary key,
  last_seq_id bigint,
  last_updated timestamptz default transaction_timestamp()
);
