-- The feeds of corrections read backwards from the newest; these are few among all events, and their index costs the others nothing.
create index mt_events_corrections on ledger.mt_events (seq_id)
  where type in ('correction_issued', 'retraction_issued', 'concern_expressed', 'withdrawn');
