-- Operational state became Marten documents. What the tables of the first version hold is carried over as it is; times in the form in which
-- documents have them, six decimals and Z.
create function pg_temp.wire(moment timestamptz) returns text language sql as
  $$ select to_char(moment at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

insert into ledger_ops.mt_doc_access_key (id, hash, former_hash, data)
  select id, encode(hash, 'hex'), encode(former_hash, 'hex'), jsonb_strip_nulls(jsonb_build_object(
      'id', id, 'name', name, 'hash', encode(hash, 'hex'), 'scopes', to_jsonb(scopes), 'party', party,
      'createdAt', pg_temp.wire(created_at), 'createdBy', created_by, 'expiresAt', pg_temp.wire(expires_at), 'revokedAt', pg_temp.wire(revoked_at),
      'formerHash', encode(former_hash, 'hex'), 'formerUntil', pg_temp.wire(former_until)))
    from ledger_ops.access_key;
drop table ledger_ops.access_key;

insert into ledger_ops.mt_doc_erasure (id, data)
  select id, jsonb_strip_nulls(jsonb_build_object(
      'id', id, 'state', state, 'positions', to_jsonb(positions), 'fields', to_jsonb(fields), 'legalBasis', legal_basis,
      'requestedBy', requested_by, 'requestedAt', pg_temp.wire(requested_at), 'decidedBy', decided_by, 'decidedAt', pg_temp.wire(decided_at)))
    from ledger_ops.erasure;
drop table ledger_ops.erasure;

insert into ledger_ops.mt_doc_identity (id, data)
  select 'ledger', jsonb_build_object('id', 'ledger', 'uuid', id) from ledger_ops.identity;
drop table ledger_ops.identity;

drop function pg_temp.wire(timestamptz);
grant select, insert, update, delete on all tables in schema ledger_ops to ledger_service;
