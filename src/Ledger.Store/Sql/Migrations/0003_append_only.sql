-- ALWAYS: such a trigger fires also under session_replication_role = replica.
create function ledger.refuse_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and current_user = 'ledger_eraser' then
    return null;
  end if;
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('%s is append-only: %s refused', tg_table_name, lower(tg_op));
end $$;

create trigger mt_events_append_only before update or delete or truncate on ledger.mt_events
  for each statement execute function ledger.refuse_change();
alter table ledger.mt_events enable always trigger mt_events_append_only;

create trigger mt_streams_append_only before delete or truncate on ledger.mt_streams
  for each statement execute function ledger.refuse_change();
alter table ledger.mt_streams enable always trigger mt_streams_append_only;
