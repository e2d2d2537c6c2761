[assembly: TestFramework("Ledger.Testing.PostgresTestFramework", "Ledger.Testing")]
