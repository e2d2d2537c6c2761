-- Operational: what each principal's keys were used for. A command that appended nothing has events = 0.
create table ledger.command_keys (
  principal varchar not null,
  key varchar not null,
  fingerprint bytea not null,
  first_position bigint not null,
  events int not null,
  answer text,
  recorded_at timestamptz not null,
  constraint pkey_command_keys primary key (principal, key)
);
