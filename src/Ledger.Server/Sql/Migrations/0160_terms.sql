-- The lists of the third shape kept every word that an assertion ever said in its current row, and so indexed all of them anew with
-- each event. They are a projection: dropped here, and built anew in the fourth shape by the service when it starts.
drop table if exists ledger_read.assertion_current, ledger_read.assertion_history, ledger_read.assertion_patch,
  ledger_read.assertion_late, ledger_read.assertion_folded;
