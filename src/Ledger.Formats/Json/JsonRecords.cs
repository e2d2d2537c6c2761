using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>A JSON value that is one record of an archive, or the reason why it cannot be read.</summary>
/// <param name="Number">The number of the record, from 1.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
/// <param name="Value">The record; undefined where there is a problem.</param>
/// <param name="Envelope">The members around the record in its document, such as the title of a feed; undefined where there are none.</param>
internal sealed record JsonRecord(long Number, long Line, JsonElement Value, JsonElement Envelope)
{
    /// <summary>Why the value cannot be read; null where it can.</summary>
    public Finding? Problem { get; init; }

    /// <summary>The size of its text, in bytes.</summary>
    public int Bytes { get; init; }

    /// <summary>The number of its document in the input. Names such as <c>_:b0</c> are valid only within one document.</summary>
    public long Document { get; init; }
}

/// <summary>
/// Reads the records of a JSON archive in any layout: one document, an array, an object around a list, or a document on each line (NDJSON).
/// No more than one record and its envelope are in memory.
/// </summary>
/// <param name="containers">The properties whose lists hold the records, such as <c>@graph</c>.</param>
internal sealed class JsonRecords(params string[] containers)
{
    /// <summary>The greatest size of one record, in bytes.</summary>
    internal const int RecordBytesMax = BoundedStream.RecordBytesMax;

    private const int FirstLineBytesMax = 1 << 20;
    private const int DepthMax = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMax };
    private long _number;
    private long _document;

    /// <summary>Reads the records. An invalid line or list element gives one record with a problem, and the rest is read.</summary>
    /// <exception cref="ArchiveFormatException">The input is not JSON, or ends inside a value.</exception>
    internal async IAsyncEnumerable<JsonRecord> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in ReadAsync(new JsonCursor(input, RecordBytesMax), cancellationToken))
        {
            yield return record;
        }
    }

    /// <summary>The same for an input whose beginning was already peeked.</summary>
    internal async IAsyncEnumerable<JsonRecord> ReadAsync(JsonCursor cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (_number, _document) = (0, 0);
        if (await cursor.PeekAsync(cancellationToken) is not ('{' or '[') and var first)
        {
            throw new ArchiveFormatException(first < 0 ? "The input is empty." : $"The input is no JSON: line {cursor.Line} begins with '{(char)first}'.");
        }

        var records = await IsByLineAsync(cursor, cancellationToken) ? LinesAsync(cursor, cancellationToken) : DocumentsAsync(cursor, cancellationToken);
        await foreach (var record in records)
        {
            yield return record;
        }
    }

    /// <summary>Whether each line is a document of its own: the first line begins and ends with matching brackets.</summary>
    private static async Task<bool> IsByLineAsync(JsonCursor cursor, CancellationToken cancellationToken)
    {
        var (line, isWhole) = await cursor.PeekLineAsync(FirstLineBytesMax, cancellationToken);
        return isWhole && line.Span.TrimEnd(" \r\t"u8) is [(byte)'{', .., (byte)'}'] or [(byte)'[', .., (byte)']'];
    }

    private async IAsyncEnumerable<JsonRecord> LinesAsync(JsonCursor cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await cursor.PeekAsync(cancellationToken) >= 0)
        {
            var line = cursor.Line;
            _document++;
            foreach (var record in Expand(Parse(await cursor.ReadLineAsync(cancellationToken), line, default)))
            {
                yield return record;
            }
        }
    }

    private async IAsyncEnumerable<JsonRecord> DocumentsAsync(JsonCursor cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await cursor.PeekAsync(cancellationToken) is >= 0 and var next)
        {
            _document++;
            await foreach (var record in next == '{' ? ObjectAsync(cursor, cancellationToken)
                : next == '[' ? ListAsync(cursor, default, cancellationToken)
                : throw Unexpected(cursor, next))
            {
                yield return record;
            }
        }
    }

    private async IAsyncEnumerable<JsonRecord> ListAsync(JsonCursor cursor, JsonElement envelope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cursor.Skip();
        while (await cursor.PeekAsync(cancellationToken) is not ']' and var next)
        {
            if (next == ',')
            {
                cursor.Skip();
                continue;
            }

            var line = cursor.Line;
            foreach (var record in Expand(Parse(next < 0 || next == '}' ? throw Unexpected(cursor, next) : await cursor.ReadValueAsync(cancellationToken), line, envelope)))
            {
                yield return record;
            }
        }

        cursor.Skip();
    }

    /// <summary>Reads a document that is an object. Its list of records is streamed. Without such a list the object is itself a record.</summary>
    private async IAsyncEnumerable<JsonRecord> ObjectAsync(JsonCursor cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var line = cursor.Line;
        var envelope = new MemoryStream();
        envelope.WriteByte((byte)'{');
        cursor.Skip();
        var (isContainer, isTooLong) = (false, false);
        while (await cursor.PeekAsync(cancellationToken) is not '}' and var next)
        {
            if (next == ',')
            {
                cursor.Skip();
                continue;
            }

            var name = next == '"' ? (await cursor.ReadValueAsync(cancellationToken))?.ToArray() : throw Unexpected(cursor, next);
            if (await cursor.PeekAsync(cancellationToken) is not ':' and var noColon)
            {
                throw Unexpected(cursor, noColon);
            }

            cursor.Skip();
            if (await cursor.PeekAsync(cancellationToken) == '[' && name is not null && containers.Contains(Encoding.UTF8.GetString(name).Trim('"'), StringComparer.Ordinal))
            {
                isContainer = true;
                await foreach (var record in ListAsync(cursor, Parse(Closed(envelope), line, default).Value, cancellationToken))
                {
                    yield return record;
                }

                continue;
            }

            var value = await cursor.ReadValueAsync(cancellationToken);
            isTooLong |= name is null || value is null || envelope.Length + name.Length + value.Value.Length > RecordBytesMax;
            if (!isTooLong)
            {
                envelope.Write(envelope.Length > 1 ? ","u8 : ""u8);
                envelope.Write(name);
                envelope.WriteByte((byte)':');
                envelope.Write(value!.Value.Span);
            }
        }

        cursor.Skip();
        if (!isContainer)
        {
            foreach (var record in Expand(Parse(isTooLong ? null : Closed(envelope), line, default)))
            {
                yield return record;
            }
        }
    }

    /// <summary>The records inside a value that was read completely.</summary>
    private IEnumerable<JsonRecord> Expand(JsonRecord record)
    {
        if (record.Value.ValueKind == JsonValueKind.Array)
        {
            return record.Value.EnumerateArray().SelectMany(e => Expand(record with { Value = e }));
        }

        if (record.Value.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in containers)
            {
                if (record.Value.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array)
                {
                    return list.EnumerateArray().SelectMany(e => Expand(record with { Value = e, Envelope = record.Value }));
                }
            }
        }

        return [record with { Number = ++_number, Document = _document }];
    }

    private static JsonRecord Parse(ReadOnlyMemory<byte>? text, long line, JsonElement envelope)
    {
        var none = new JsonRecord(0, line, default, envelope) { Bytes = text?.Length ?? 0 };
        if (text is not { } given)
        {
            return none with { Problem = new(null, $"It has more than {RecordBytesMax} bytes, too many for one record.") };
        }

        try
        {
            var value = JsonElement.Parse(given.Span, Options);
            return CodePoints.IsWellFormed(value) ? none with { Value = value } : none with { Problem = new(null, "It holds invalid UTF-8, a lone surrogate or a NUL.") };
        }
        catch (JsonException e)
        {
            return none with { Problem = new(null, $"It is no valid JSON, or nests deeper than {DepthMax} levels: {e.Message}") };
        }
    }

    private static ReadOnlyMemory<byte> Closed(MemoryStream envelope) => (byte[])[.. envelope.ToArray(), (byte)'}'];

    private static ArchiveFormatException Unexpected(JsonCursor cursor, int found) =>
        new(found < 0 ? $"The input ends inside a list or an object (line {cursor.Line}); it is cut off." : $"Line {cursor.Line} has '{(char)found}' where JSON has none.");
}
