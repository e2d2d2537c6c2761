using System.IO.Hashing;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// What lists look assertions up by beside their columns: the words of a state, and its parties. A row says what an assertion said for the first
/// time with an event, so that nothing is indexed twice, however many events an assertion has. Terms are kept as hashes: an index over numbers is made
/// faster. Two terms of one hash find an assertion too many, which is no harm: whether one says them in a state is for the caller to ask.
/// </summary>
/// <param name="Id">The assertion.</param>
/// <param name="FromPosition">The event.</param>
/// <param name="Terms">What was not said before.</param>
internal sealed record AssertionTerms(string Id, long FromPosition, int[] Terms)
{
    private const int TermBytesUsual = 128;
    private const int WordSeed = 0;
    private const int PartySeed = 1;

    /// <summary>What more assertions have than these narrows nothing: the newest that have it are soon found by reading in order.</summary>
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

    /// <summary>The assertions that by a position had said all of some terms and are of a source, if one is given; null where each of these is common.</summary>
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
            // An assertion is of one source for ever, and has a current row however old the moment is.
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

    /// <summary>The same on every machine and for ever, unlike the runtime's own.</summary>
    private static int HashOf(string text, int seed)
    {
        Span<byte> buffer = stackalloc byte[TermBytesUsual];
        var bytes = Encoding.UTF8.TryGetBytes(text, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(text);
        return unchecked((int)XxHash32.HashToUInt32(bytes, seed));
    }
}
