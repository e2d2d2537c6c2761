using System.IO.Hashing;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// The terms by which lists look assertions up, in addition to their columns: the words of a state, and its parties. A row holds what an assertion
/// said for the first time with an event, so that nothing is indexed twice, however many events an assertion has. Terms are kept as hashes, because
/// an index over numbers is built faster. If two terms have the same hash, a search finds an assertion too many. That does no harm, because the
/// caller checks whether a state says the term.
/// </summary>
/// <param name="Id">The assertion.</param>
/// <param name="FromPosition">The position of the event.</param>
/// <param name="Terms">The terms that were not said before.</param>
internal sealed record AssertionTerms(string Id, long FromPosition, int[] Terms)
{
    private const int TermBytesUsual = 128;
    private const int WordSeed = 0;
    private const int PartySeed = 1;

    /// <summary>A term that this many assertions have does not narrow a search: reading in order soon finds the newest that have it.</summary>
    private const int CommonFrom = 2_000;

    internal static int OfWord(string word) => HashOf(word, WordSeed);

    internal static int OfParty(string party) => HashOf(party, PartySeed);

    internal void WriteTo(CopyRows rows)
    {
        rows.StartRow();
        rows.Write(Id);
        rows.Write(FromPosition);
        rows.Write(Terms);
    }

    /// <summary>
    /// The assertions that had said all of the terms by a position, and are of the source if one is given. Null where the terms and the source are
    /// all common.
    /// </summary>
    internal static async Task<string[]?> FindAsync(NpgsqlDataSource store, IReadOnlyList<int> terms, string? source, long position, CancellationToken cancellationToken)
    {
        HashSet<string>? all = null;
        foreach (var term in terms)
        {
            await using var command = store.CreateCommand("select id from ledger_read.assertion_terms where terms @> $1 and from_pos <= $2 limit $3");
            command.Parameters.Add(new() { Value = new[] { term }, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
            command.Parameters.Add(new() { Value = position });
            command.Parameters.Add(new() { Value = CommonFrom });
            await NarrowAsync(command);
        }

        if (source is not null)
        {
            // The source of an assertion never changes, and every assertion has a current row, however old the moment is.
            await using var command = store.CreateCommand("select id from ledger_read.assertion_current where source = $1 limit $2");
            command.Parameters.Add(new() { Value = source });
            command.Parameters.Add(new() { Value = CommonFrom });
            await NarrowAsync(command);
        }

        return all?.ToArray();

        async Task NarrowAsync(NpgsqlCommand command)
        {
            var found = new HashSet<string>(StringComparer.Ordinal);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(reader.GetString(0));
            }

            if (found.Count < CommonFrom)
            {
                all?.IntersectWith(found);
                all ??= found;
            }
        }
    }

    /// <summary>A hash that is the same on every machine and for ever, unlike the runtime's own.</summary>
    private static int HashOf(string text, int seed)
    {
        Span<byte> buffer = stackalloc byte[TermBytesUsual];
        var bytes = Encoding.UTF8.TryGetBytes(text, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(text);
        return unchecked((int)XxHash32.HashToUInt32(bytes, seed));
    }
}
