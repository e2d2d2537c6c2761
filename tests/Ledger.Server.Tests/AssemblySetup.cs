// Ends the private PostgreSQL that the tests share, once the last of them is done.
[assembly: TestFramework("Ledger.Testing.PostgresTestFramework", "Ledger.Testing")]

// Each starts a server or a database; the rules, the formats and the tree are tested without, in a minute: dotnet test --filter Category!=Slow.
[assembly: AssemblyTrait("Category", "Slow")]
