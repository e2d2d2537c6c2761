-- Replaces events' data by what is left of them, and their headers with it. Refuses to change or add anything: only fields and tags may
-- go, and what opens the commitments to them.
create or replace function ledger.erase_payloads(e_position bigint[], e_data jsonb[], e_headers jsonb[])
  returns void
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from unnest(e_position, e_data, e_headers) x(position, data, headers)
      left join ledger.mt_events e on e.seq_id = x.position
      where e.seq_id is null
        or e.headers - 'tags' - 'salt' is distinct from x.headers - 'tags' - 'salt'
        or not coalesce(e.headers->'tags', '[]') @> coalesce(x.headers->'tags', '[]')
        or exists (select from jsonb_each(x.data) f where e.data->f.key is distinct from f.value)) then
    raise exception using errcode = 'invalid_parameter_value', message = 'an erasure removes fields and tags and changes nothing else';
  end if;
  update ledger.mt_events e set data = x.data, headers = x.headers
    from unnest(e_position, e_data, e_headers) x(position, data, headers)
    where e.seq_id = x.position;
end $$;
alter function ledger.erase_payloads(bigint[], jsonb[], jsonb[]) owner to ledger_eraser;
revoke execute on function ledger.erase_payloads(bigint[], jsonb[], jsonb[]) from public, ledger_service;
grant execute on function ledger.erase_payloads(bigint[], jsonb[], jsonb[]) to ledger_owner;
