-- The lists of the fourth shape kept what an assertion says in each of its states, though few events change it. They are a projection:
-- dropped here, and built anew in the fifth shape by the service when it starts.
drop table if exists ledger_read.assertion_current, ledger_read.assertion_history, ledger_read.assertion_patch,
  ledger_read.assertion_late, ledger_read.assertion_folded, ledger_read.assertion_terms;
