-- The last position recorded at or before a moment, as an answer that can never change; null while the moment is
-- ahead of the database's clock.
create or replace function ledger.resolve_position(moment timestamptz)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
  set lock_timeout = '10s'
as $$
declare
  newest timestamptz;
begin
  select e.timestamp into newest from ledger.mt_events e order by e.seq_id desc limit 1;
  if newest is null or moment > newest then
    -- A running append may have read the clock before this moment. It holds this lock until its commit is visible.
    -- An append that takes the lock later also reads the clock later.
    perform pg_advisory_xact_lock_shared(7201);
    if moment >= clock_timestamp() then
      return null;
    end if;
  end if;
  return ledger.position_at(moment);
end $$;
grant execute on function ledger.resolve_position(timestamptz) to ledger_service;
