using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// What lists look assertions up by beside their columns: the words of a state, and its parties. A row says what an assertion said for the first
/// time with an event, so that nothing is indexed twice, however many events an assertion has.
/// </summary>
/// <param name="Id">The assertion.</param>
/// <param name="FromPosition">The event.</param>
/// <param name="Terms">What was not said before.</param>
internal sealed record AssertionTerms(string Id, long FromPosition, string[] Terms)
{
    /// <summary>A term that more assertions said than these narrows nothing: the newest that say it are soon found by reading in order.</summary>
    private const int CommonFrom = 2_000;

    /// <summary>Words have letters and digits alone, so no word is a party.</summary>
    internal static string OfParty(string party) => "party:" + party;

    internal void WriteTo(CopyRows rows)
    {
        rows.StartRow();
        rows.Write(Id);
        rows.Write(FromPosition);
        rows.Write(Terms);
    }

    /// <summary>
    /// The assertions that by a position had said all of some terms; null where each of the terms is common. Whether one says them in a state is
    /// for the caller to ask.
    /// </summary>
    internal static async Task<string[]?> FindAsync(NpgsqlDataSource source, IReadOnlyList<string> terms, long position, CancellationToken cancellationToken)
    {
        HashSet<string>? all = null;
        foreach (var term in terms)
        {
            await using var command = source.CreateCommand("select id from ledger_read.assertion_terms where terms @> $1 and from_pos <= $2 limit $3");
            command.Parameters.Add(new() { Value = new[] { term }, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = position });
            command.Parameters.Add(new() { Value = CommonFrom });
            var said = new HashSet<string>(StringComparer.Ordinal);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                said.Add(reader.GetString(0));
            }

            if (said.Count < CommonFrom)
            {
                all?.IntersectWith(said);
                all ??= said;
            }
        }

        return all?.ToArray();
    }
}
