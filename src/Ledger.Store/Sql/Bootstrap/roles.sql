-- Runs at the start of every migration, as the login that migrates. It changes nothing when everything exists.
-- Roles belong to the cluster, not to a database: another database's migration may create them at the same moment.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['ledger_owner', 'ledger_eraser', 'ledger_service'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
      begin
        execute format('create role %I nologin', role_name);
      exception when duplicate_object or unique_violation then
        null; -- Another session created the role meanwhile.
      end;
    end if;
  end loop;
  -- A login that is not a superuser must be a member to act as the owner.
  if not pg_catalog.pg_has_role(current_user, 'ledger_owner', 'member') then
    execute format('grant ledger_owner to %I', current_user);
  end if;
end $$;

create schema if not exists ledger authorization ledger_owner;
create schema if not exists ledger_ops authorization ledger_owner;
create schema if not exists ledger_read authorization ledger_owner;
create schema if not exists ledger_rebuild authorization ledger_owner;
create schema if not exists ledger_retired authorization ledger_owner;
