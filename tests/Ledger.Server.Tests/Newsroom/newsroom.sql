-- Run by the database's superuser, once. The role reads the log and writes nothing but its own schema.
create role newsroom login password 'secret';
create schema newsroom authorization newsroom;
grant usage on schema ledger to newsroom;
grant select on ledger.mt_streams, ledger.mt_events, ledger.mt_events_sequence to newsroom;

set role newsroom;
create view newsroom.mt_streams as select * from ledger.mt_streams;
create view newsroom.mt_events as select * from ledger.mt_events;
create view newsroom.mt_events_sequence as select last_value, is_called from ledger.mt_events_sequence;

-- The progress of your daemon, as Marten makes it.
create table newsroom.mt_event_progression (
  name varchar constraint pk_mt_event_progression primary key, last_seq_id bigint, last_updated timestamptz default transaction_timestamp(),
  mode varchar default 'none', rebuild_threshold int default 0, assigned_node int default 0, heartbeat timestamptz, agent_status varchar(20),
  pause_reason text, running_on_node int, warning_behind_threshold bigint, critical_behind_threshold bigint, failure_category varchar(50),
  failure_event_sequence bigint, failure_event_type varchar(500), failure_event_tenant_id varchar(500));
create function newsroom.mt_mark_event_progression(name varchar, last_encountered bigint) returns void language sql as $$
  insert into newsroom.mt_event_progression as p (name, last_seq_id, last_updated) values ($1, $2, transaction_timestamp())
  on conflict on constraint pk_mt_event_progression do update set last_seq_id = excluded.last_seq_id, last_updated = excluded.last_updated
$$;
create table newsroom.mt_event_projection_floors (
  name varchar, tenant_id varchar, floor bigint not null, last_updated timestamptz default transaction_timestamp(), primary key (name, tenant_id));

-- Your documents: take this from store.Storage.ToDatabaseScript().
create table newsroom.mt_doc_newsroomapplication_standing (
  id varchar primary key, data jsonb not null, mt_last_modified timestamptz default transaction_timestamp(),
  mt_version integer not null default 0, mt_dotnet_type varchar);
reset role;
