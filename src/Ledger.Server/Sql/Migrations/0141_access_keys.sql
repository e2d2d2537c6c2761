-- Operational: who may ask, by the hash of a secret that was shown once. After a rotation the former secret is good for a while.
create table ledger_ops.access_key (
  id varchar not null constraint pkey_access_key primary key,
  name varchar not null,
  hash bytea not null constraint ukey_access_key_hash unique,
  scopes varchar[] not null,
  party varchar,
  created_at timestamptz not null,
  created_by varchar not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  former_hash bytea constraint ukey_access_key_former_hash unique,
  former_until timestamptz
);
