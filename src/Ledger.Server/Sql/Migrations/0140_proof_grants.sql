-- The integrator compares each new event with the sequence, which the append function moves and a forger may forget.
grant select on sequence ledger.mt_events_sequence to ledger_service;
