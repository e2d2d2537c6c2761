-- The last position recorded at or before a moment, such that no later answer can differ; null while the moment is
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
    -- An append may be stamping an earlier time at this moment. It holds this lock until its commit is visible;
    -- whatever comes after us reads the clock after us.
    perform pg_advisory_xact_lock_shared(7201);
    if moment >= clock_timestamp() then
      return null;
    end if;
  end if;
  return ledger.position_at(moment);
end $$;
grant execute on function ledger.resolve_position(timestamptz) to ledger_service;
