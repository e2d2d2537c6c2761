-- The owner makes the tables of the read models; the service writes them and needs no right to change a schema. Databases of the first version
-- had them made by the service: they change hands. Only a login that is a member of both roles can do that, so it is not done as the owner.
reset role;
do $$
declare
  relation regclass;
begin
  for relation in select c.oid from pg_catalog.pg_class c
      where c.relnamespace in ('ledger_read'::regnamespace, 'ledger_rebuild'::regnamespace, 'ledger_retired'::regnamespace) and c.relkind in ('r', 'S')
        and pg_catalog.pg_get_userbyid(c.relowner) <> 'ledger_owner' loop
    execute format('alter table %s owner to ledger_owner', relation);
  end loop;
end $$;
set local role ledger_owner;
revoke create on schema ledger_read, ledger_rebuild, ledger_retired from ledger_service;
grant select, insert, update, delete, truncate on all tables in schema ledger_read to ledger_service;
alter default privileges in schema ledger_rebuild grant select, insert, update, delete, truncate on tables to ledger_service;
