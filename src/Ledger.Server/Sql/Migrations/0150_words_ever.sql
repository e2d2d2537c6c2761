-- The lists of the second shape kept an index over the words of every state. They are a projection: dropped here, and
-- built anew in the third shape by the service when it starts.
drop table if exists ledger_read.assertion_current, ledger_read.assertion_history, ledger_read.assertion_patch,
  ledger_read.assertion_late, ledger_read.assertion_folded;
