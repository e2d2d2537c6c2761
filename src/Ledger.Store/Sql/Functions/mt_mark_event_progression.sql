-- Stores how far a projection has come. The name and the arguments are Marten's, which calls it too.
create or replace function ledger.mt_mark_event_progression(name varchar, last_encountered bigint)
  returns void
  language sql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  insert into ledger.mt_event_progression as p (name, last_seq_id, last_updated)
  values (mt_mark_event_progression.name, last_encountered, transaction_timestamp())
  on conflict on constraint pk_mt_event_progression
  do update set last_seq_id = excluded.last_seq_id, last_updated = excluded.last_updated;
$$;
grant execute on function ledger.mt_mark_event_progression(varchar, bigint) to ledger_service;
