// Ends the private PostgreSQL that the tests share, once the last of them is done.
[assembly: TestFramework("Ledger.Testing.PostgresTestFramework", "Ledger.Testing")]
