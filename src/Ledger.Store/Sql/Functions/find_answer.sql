-- What a principal's key was used for: one row for each event, one row with part 0 for a command that appended nothing,
-- and no row for a key that was not used.
create or replace function ledger.find_answer(principal varchar, key varchar)
  returns table (
    fingerprint bytea, answer text, part int, event_id uuid, stream varchar, version bigint, "position" bigint,
    event_type varchar, recorded_at timestamptz)
  language sql
  stable
  set search_path = pg_catalog, pg_temp
as $$
  select k.fingerprint, k.answer, coalesce(e.seq_id - k.first_position + 1, 0)::int, e.id, e.stream_id, e.version, e.seq_id,
      e.type, e.timestamp
    from ledger.command_keys k
    left join ledger.mt_events e on e.seq_id >= k.first_position and e.seq_id < k.first_position + k.events
    where k.principal = find_answer.principal and k.key = find_answer.key
    order by e.seq_id;
$$;
grant execute on function ledger.find_answer(varchar, varchar) to ledger_service;
