using System.Text;

namespace Ledger.Formats.Tests;

/// <summary>Reads archives of the tests, and finds what their records ask for.</summary>
internal static class Reading
{
    internal static Task<List<ArchiveRecord>> ReadAsync(this IArchiveFormat format, string text, ArchiveOptions? options = null) =>
        format.ReadAsync(Encoding.UTF8.GetBytes(text), options);

    internal static Task<List<ArchiveRecord>> ReadAsync(this IArchiveFormat format, byte[] bytes, ArchiveOptions? options = null) =>
        format.ReadAsync(new MemoryStream(bytes), options);

    internal static async Task<List<ArchiveRecord>> ReadAsync(this IArchiveFormat format, Stream stream, ArchiveOptions? options = null)
    {
        var records = await format.ReadAsync(stream, options ?? new(), default).ToListAsync();
        foreach (var record in records.Where(r => r.Refusal is null))
        {
            Check(record);
        }

        records.Select(r => r.Number).ShouldBe(Enumerable.Range(1, records.Count).Select(n => (long)n));
        return records;
    }

    internal static async Task<ArchiveRecord> ReadOneAsync(this IArchiveFormat format, string text, ArchiveOptions? options = null) =>
        (await format.ReadAsync(text, options)).ShouldHaveSingleItem();

    internal static ArchiveCommand Only(this ArchiveRecord record, string command) => record.Commands.Where(c => c.Command == command).ShouldHaveSingleItem();

    internal static string? Body(this ArchiveCommand command, string field) => command.Body[field] switch
    {
        null => null,
        System.Text.Json.Nodes.JsonValue value when value.TryGetValue<string>(out var text) => text,
        var node => node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
    };

    internal static string Party(this ArchiveRecord record, string id) =>
        record.Commands.Single(c => c.Command == "recordParty" && c.Body("id") == id).Body("name")!;

    /// <summary>What every record keeps, whatever its format: keys once, ids that exist before they are named.</summary>
    private static void Check(ArchiveRecord record)
    {
        record.Commands.Select(c => c.Key).Distinct().Count().ShouldBe(record.Commands.Count);
        var made = new HashSet<string>();
        foreach (var command in record.Commands)
        {
            command.Key.Length.ShouldBeLessThan(400);
            if (command.Target is { } target)
            {
                made.ShouldContain(target, command.Command);
            }

            foreach (var name in (string[])["party", "publisher", "assertion", "to"])
            {
                if (command.Body(name) is { } id && !id.StartsWith('{'))
                {
                    made.ShouldContain(id, command.Command);
                }
            }

            if (command is { IfAbsent: true, Target: null })
            {
                Domain.Ids.IsId(command.Body("id")!).ShouldBeTrue();
                record.Identities.Keys.ShouldContain(command.Body("id")!);
                made.Add(command.Body("id")!);
            }
        }
    }
}
