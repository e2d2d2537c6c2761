-- Marten makes and changes its own tables and functions. What it makes in the log's schema later on, the service may read and call as well:
-- a function of Marten's works with its caller's rights, so that those which append or archive are refused by the tables.
alter default privileges in schema ledger grant select on tables to ledger_service;
alter default privileges in schema ledger grant execute on functions to ledger_service;
alter default privileges in schema ledger_ops grant execute on functions to ledger_service;
grant select on all tables in schema ledger to ledger_service;
revoke execute on all functions in schema ledger, ledger_ops from public;
grant execute on all functions in schema ledger_ops to ledger_service;
grant execute on function ledger.mt_mark_event_progression(varchar, bigint) to ledger_service;

-- The owner makes the tables of read models; the service writes them and needs no right to change a schema.
revoke create on schema ledger_read from ledger_service;
alter default privileges in schema ledger_read grant select, insert, update, delete, truncate on tables to ledger_service;

-- Progress of projections: the service's to write. The log itself is not.
grant insert, update, delete on ledger.mt_event_progression to ledger_service;
grant select on sequence ledger.mt_events_sequence to ledger_service;

-- Databases of the first version had Marten's tables made by hand, and named progress otherwise.
update ledger.mt_event_progression set name = regexp_replace(name, ':V1$', ':All') where name ~ ':V1$';
update ledger.mt_event_progression set name = name || ':All' where name ~ ':V[0-9]+$';
-- Up to here there is no gap, and Marten need not look for one.
insert into ledger.mt_event_progression (name, last_seq_id)
  select 'HighWaterMark', max(seq_id) from ledger.mt_events having max(seq_id) is not null;
