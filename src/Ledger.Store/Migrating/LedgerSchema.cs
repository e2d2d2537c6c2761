using System.Data.Common;
using System.Text;
using System.Xml.Linq;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;

namespace Ledger.Store;

/// <summary>
/// What the ledger adds to Marten's tables: the append function, command keys, rights of roles, triggers and operational tables. It is a part of
/// Marten's schema management, so it is compared, written out and applied together with Marten's own objects, after them.
/// </summary>
internal sealed class LedgerSchema(LogModel model) : FeatureSchemaBase("ledger", new PostgresqlMigrator())
{
    /// <summary>
    /// Reads which files were applied. In a database that was never migrated the table is missing, and PostgreSQL could not parse a query that names it.
    /// So the inner query is a text, which is parsed only where the table exists.
    /// </summary>
    internal const string AppliedSql = """
        select case when to_regclass('ledger.migrations') is not null
          then query_to_xml('select name, hash from ledger.migrations', false, false, '')::text end;
        """;

    /// <summary>Reads the hashes of the applied files, by name.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> ReadAppliedAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        if (await reader.ReadAsync(cancellationToken) && !await reader.IsDBNullAsync(0, cancellationToken))
        {
            foreach (var row in XDocument.Parse(reader.GetString(0)).Root!.Elements())
            {
                var cells = row.Elements().ToDictionary(c => c.Name.LocalName, c => c.Value, StringComparer.Ordinal);
                applied[cells["name"]] = cells["hash"];
            }
        }

        return applied;
    }

    protected override IEnumerable<ISchemaObject> schemaObjects() => [new Migrations(SqlFiles.All(model))];

    /// <summary>The migrations and functions, compared by the hashes that the database remembers.</summary>
    private sealed class Migrations(IReadOnlyList<SqlFile> files) : ISchemaObject
    {
        public DbObjectName Identifier { get; } = new PostgresqlObjectName(MartenConfiguration.LogSchema, "migrations", SchemaUtils.IdentifierUsage.General);

        public IEnumerable<DbObjectName> AllNames() => [Identifier];

        public void ConfigureQueryCommand(Weasel.Core.DbCommandBuilder builder) => builder.Append(AppliedSql);

        public async Task<ISchemaObjectDelta> CreateDeltaAsync(DbDataReader reader, CancellationToken ct) =>
            new Delta(this, SqlFiles.Missing(files, await ReadAppliedAsync(reader, ct)));

        public void WriteCreateStatement(Weasel.Core.Migrator migrator, TextWriter writer) => Write(files, writer);

        /// <summary>Nothing is ever dropped: migrations go forward only.</summary>
        public void WriteDropStatement(Weasel.Core.Migrator rules, TextWriter writer)
        {
        }
    }

    private sealed class Delta(Migrations migrations, IReadOnlyList<SqlFile> missing) : ISchemaObjectDelta
    {
        public ISchemaObject SchemaObject => migrations;

        public SchemaPatchDifference Difference => missing.Count == 0 ? SchemaPatchDifference.None : SchemaPatchDifference.Update;

        public void WriteUpdate(Weasel.Core.Migrator rules, TextWriter writer) => Write(missing, writer);

        public void WriteRollback(Weasel.Core.Migrator rules, TextWriter writer) => throw new NotSupportedException("Migrations go forward only.");

        public void WriteRestorationOfPreviousState(Weasel.Core.Migrator rules, TextWriter writer) => throw new NotSupportedException("Migrations go forward only.");
    }

    private static void Write(IReadOnlyList<SqlFile> files, TextWriter writer)
    {
        if (files.Count > 0)
        {
            writer.WriteLine(SqlFiles.Bootstrap("migrations"));
        }

        foreach (var file in files)
        {
            var text = new StringBuilder(file.Text.TrimEnd());
            writer.WriteLine($"-- {file.Name}");
            writer.WriteLine(text[^1] == ';' ? text : text.Append(';'));
            writer.WriteLine($"""
                insert into ledger.migrations (name, hash) values ('{file.Name}', '{file.Hash}')
                on conflict (name) do update set hash = excluded.hash, applied_at = now();
                """);
        }
    }
}
