using Ledger.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// The tables of the assertion lists. <c>current</c>: the newest state of each assertion; <c>history</c>: the states before; <c>late</c>:
/// the windows that late events open; <c>patch</c>: what was known inside them; <c>folded</c>: assertions without patches from a position on;
/// <c>content</c>: what assertions said, which states refer to; <c>terms</c>: the words and parties of each, with the event that first brought them.
/// </summary>
internal sealed class AssertionListTables(string schema)
{
    /// <summary>
    /// The tables, in the order in which the queries of the lists name them. Whoever locks all tables thus takes the locks in the same order as the
    /// readers.
    /// </summary>
    internal static IReadOnlyList<string> Names { get; } = ["assertion_current", "assertion_late", "assertion_history", "assertion_patch", "assertion_folded", "assertion_content", "assertion_terms"];

    private const string RowColumns = "id, from_pos, known_from, changed_at, version, content, flags, label, lifecycle, in_part, source, publisher, parties, words, summary";

    private const string RowShape = """
        id text collate "C" not null, from_pos bigint not null, known_from timestamptz not null, changed_at timestamptz not null, version bigint not null,
        content integer not null, flags integer not null, label smallint not null, lifecycle smallint not null, in_part boolean not null,
        source text collate "C" not null, publisher text collate "C" not null, parties text[] not null, words text[] not null, summary text not null
        """;

    /// <summary>Makes the tables with the indexes that writing needs.</summary>
    internal string CreateSql => $"""
        create table if not exists {schema}.assertion_current ({RowShape}, primary key (id)) with (fillfactor = 80);
        create table if not exists {schema}.assertion_history ({RowShape}, to_pos bigint not null, known_to timestamptz not null);
        create table if not exists {schema}.assertion_patch ({RowShape}, to_pos bigint not null, known_to timestamptz not null, position bigint not null);
        create table if not exists {schema}.assertion_late (
            id text collate "C" not null, pos bigint not null, known timestamptz not null, upto timestamptz not null, primary key (id, pos));
        create table if not exists {schema}.assertion_folded (id text collate "C" primary key, from_pos bigint not null);
        create table if not exists {schema}.assertion_content (
            id text collate "C" not null, number integer not null, topics text[] not null, words text[] not null, valid_from timestamptz, valid_to timestamptz,
            body text not null);
        create table if not exists {schema}.assertion_terms (id text collate "C" not null, from_pos bigint not null, terms integer[] not null);
        create index if not exists assertion_patch_open on {schema}.assertion_patch (id) where to_pos = {TemporalRow.OpenEnd};
        """;

    /// <summary>
    /// Makes the indexes that reads need and writes do not, the slowest first. The indexes over the ends find the few states that were current a
    /// moment ago. Without them, a page of the present would look at every state of the past for one that ended after it.
    /// </summary>
    internal IReadOnlyList<string> Indexes { get; } =
    [
        $"create index if not exists assertion_terms_of on {schema}.assertion_terms using gin (terms)",
        $"create index if not exists assertion_history_label_known on {schema}.assertion_history (label, known_from, id) include (known_to, from_pos, to_pos)",
        $"create index if not exists assertion_history_known_of on {schema}.assertion_history (id, known_from, from_pos)",
        $"create index if not exists assertion_history_all on {schema}.assertion_history (from_pos) include (to_pos)",
        $"create index if not exists assertion_history_until on {schema}.assertion_history (to_pos)",
        $"create index if not exists assertion_history_label on {schema}.assertion_history (label, from_pos) include (to_pos)",
        $"create index if not exists assertion_history_known on {schema}.assertion_history (known_from, id) include (known_to, from_pos, to_pos)",
        $"create index if not exists assertion_current_all on {schema}.assertion_current (from_pos)",
        $"create index if not exists assertion_current_source on {schema}.assertion_current (source, from_pos)",
        $"create index if not exists assertion_current_publisher on {schema}.assertion_current (publisher, from_pos)",
        $"create index if not exists assertion_current_label on {schema}.assertion_current (label, from_pos)",
        $"create index if not exists assertion_current_known on {schema}.assertion_current (known_from, id)",
        $"create index if not exists assertion_current_label_known on {schema}.assertion_current (label, known_from, id)",
        $"create unique index if not exists assertion_content_of on {schema}.assertion_content (id, number)",
        $"create index if not exists assertion_patch_label_known on {schema}.assertion_patch (label, known_from, id) include (known_to, from_pos, to_pos)",
        $"create index if not exists assertion_late_window on {schema}.assertion_late (id, upto, known, pos)",
    ];

    /// <summary>Rows to be sent to one of the tables by COPY.</summary>
    internal CopyRows Rows(string table) => new(schema, table, table switch
    {
        "assertion_current" => RowColumns,
        "assertion_content" => "id, number, topics, words, valid_from, valid_to, body",
        "assertion_terms" => "id, from_pos, terms",
        "assertion_late" => "id, pos, known, upto",
        "assertion_folded" => "id, from_pos",
        "assertion_history" => RowColumns + ", to_pos, known_to",
        _ => RowColumns + ", to_pos, known_to, position",
    });

    /// <summary>Replaces the current rows of some assertions.</summary>
    internal async Task ReplaceCurrentAsync(CopyRows rows, string[] existing, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (existing.Length > 0)
        {
            await using var delete = new NpgsqlCommand($"delete from {schema}.assertion_current where id = any($1)", connection, transaction);
            delete.Parameters.Add(new() { Value = existing });
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        await rows.SendAsync(connection, cancellationToken);
    }

    /// <summary>Drops every row of some assertions.</summary>
    internal async Task ForgetAsync(string[] ids, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var table in Names)
        {
            batch.BatchCommands.Add(new($"delete from {schema}.{table} where id = any($1)") { Parameters = { new() { Value = ids } } });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Ends stored patches that reach beyond the known time of a late event, each at the position of the first such event. Stores the windows too.
    /// </summary>
    internal async Task PatchAsync(
        IReadOnlyList<LateEvent> late, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (late.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        var close = new NpgsqlBatchCommand($"""
            update {schema}.assertion_patch t set to_pos = x.pos
            from (select p.ctid as row, min(c.pos) as pos from {schema}.assertion_patch p
                  join unnest($1, $2, $3, $4) c (id, pos, known, gives_up) on c.id = p.id and (c.gives_up or p.known_to > c.known)
                  where p.to_pos = {TemporalRow.OpenEnd} group by p.ctid) x
            where t.ctid = x.row
            """);
        var insert = new NpgsqlBatchCommand($"insert into {schema}.assertion_late (id, pos, known, upto) select * from unnest($1, $2, $3, $4)");
        var folded = new NpgsqlBatchCommand($"insert into {schema}.assertion_folded (id, from_pos) select c.id, c.pos from unnest($1, $2, $3) c (id, pos, gives_up) where c.gives_up");
        foreach (var command in new[] { close, insert, folded })
        {
            command.Parameters.Add(new() { Value = late.Select(l => l.Id).ToArray() });
            command.Parameters.Add(new() { Value = late.Select(l => l.Position).ToArray() });
            batch.BatchCommands.Add(command);
        }

        close.Parameters.Add(Times(late.Select(l => l.Known)));
        close.Parameters.Add(new() { Value = late.Select(l => l.GivesUp).ToArray() });
        insert.Parameters.Add(Times(late.Select(l => l.Known)));
        insert.Parameters.Add(Times(late.Select(l => l.Upto)));
        folded.Parameters.Add(new() { Value = late.Select(l => l.GivesUp).ToArray() });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Times(IEnumerable<DateTimeOffset> times) =>
        new() { Value = times.Select(t => t.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
}
