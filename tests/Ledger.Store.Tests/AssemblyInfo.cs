[assembly: TestFramework("Ledger.Testing.PostgresTestFramework", "Ledger.Testing")]

// Each works on a database.
[assembly: AssemblyTrait("Category", "Slow")]
