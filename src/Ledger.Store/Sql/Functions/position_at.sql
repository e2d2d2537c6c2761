-- The last committed position that was recorded at or before a moment; 0 when there is none.
-- Positions have no gaps and their times only grow. So a binary search over the primary key finds it: about 30 rows
-- are read in a log of 10⁹ events, and appends need no index on time.
create or replace function ledger.position_at(moment timestamptz)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  low bigint := 0;   -- recorded at or before the moment, or nothing
  high bigint;       -- recorded after it, or one beyond the head
  middle bigint;
  recorded timestamptz;
begin
  select coalesce(max(e.seq_id), 0) + 1 into high from ledger.mt_events e;
  while high - low > 1 loop
    middle := (low + high) / 2;
    select e.timestamp into strict recorded from ledger.mt_events e where e.seq_id = middle;
    if recorded <= moment then
      low := middle;
    else
      high := middle;
    end if;
  end loop;
  return low;
end $$;
grant execute on function ledger.position_at(timestamptz) to ledger_service;
