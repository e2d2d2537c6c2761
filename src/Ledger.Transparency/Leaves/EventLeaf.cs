using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Ledger.Transparency;

/// <summary>
/// The bytes that represent an event in the tree: a small envelope in canonical JSON (RFC 8785). It holds commitments in place of
/// the stream's id, of each top-level field of the data and of each header. It holds no text that a person wrote, so that it can be published
/// for ever.
/// </summary>
public static class EventLeaf
{
    /// <summary>
    /// The version of this format. A change of the envelope or of the commitments needs a new version. Version 2 commits to the headers too. It is
    /// used for every event whose headers are given.
    /// </summary>
    public const int SchemaVersion = 2;

    /// <summary>The version of events that were recorded before leaves committed to headers. They keep their leaves.</summary>
    public const int FirstSchemaVersion = 1;

    /// <summary>The greatest length of the type, the stream, the principal's key id and the causation, in UTF-16 units.</summary>
    public const int TextLengthMax = 500;

    /// <summary>The largest position and version that every JSON reader holds exactly (2^53 − 1).</summary>
    public const long NumberMax = 9_007_199_254_740_991;

    /// <summary>The size of the buffer that a thread keeps between two leaves. Nearly all leaves fit; a larger buffer is dropped.</summary>
    private const int KeptBytes = 8_192;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? kept;

    /// <summary>
    /// Builds the leaf from the stored event and its salts; <paramref name="problem"/> tells why these give no leaf. An event
    /// with erased fields gives the same bytes as before the erasure.
    /// </summary>
    public static bool TryEncode(
        CommittedEvent stored, SaltRecord salts, [NotNullWhen(true)] out byte[]? leaf, [NotNullWhen(false)] out string? problem)
    {
        leaf = null;
        if (!IsWithinBounds(stored, out problem)
            || !EventPayload.TryParse(stored.Data, out var payload, out problem)
            || !EventCommitments.TryCompute(stored.Stream, payload, stored.Headers, salts, out var commitments, out problem))
        {
            return false;
        }

        if (commitments.Fields.Count + (commitments.Headers?.Count ?? 0) > EventPayload.FieldCountMax)
        {
            problem = $"An event has at most {EventPayload.FieldCountMax} fields and headers together.";
            return false;
        }

        var target = kept is { Capacity: <= KeptBytes } ? kept : kept = new(KeptBytes);
        target.ResetWrittenCount();
        target.Write("{\"causation\":"u8);
        WriteText(target, stored.Causation);
        target.Write(",\"commitments\":{\"fields\":{"u8);
        WriteMembers(target, commitments.Fields);
        if (commitments.Headers is { } headers)
        {
            target.Write("},\"headers\":{"u8);
            WriteMembers(target, headers);
        }

        WriteMember(target, "},"u8, "stream", commitments.Stream);
        target.Write("},\"id\":\""u8);
        WriteFormatted(target, stored.Id, "D");
        target.Write("\",\"position\":"u8);
        WriteFormatted(target, stored.Position);
        target.Write(",\"recordedAt\":"u8);
        WriteText(target, RecordedTime.Format(stored.RecordedAt));
        target.Write(",\"recordedBy\":"u8);
        WriteText(target, stored.RecordedBy);
        target.Write(",\"schema\":"u8);
        WriteFormatted(target, commitments.Headers is null ? FirstSchemaVersion : SchemaVersion);
        target.Write(",\"type\":"u8);
        WriteText(target, stored.Type);
        target.Write(",\"version\":"u8);
        WriteFormatted(target, stored.Version);
        target.Write("}"u8);
        leaf = target.WrittenSpan.ToArray();
        return true;
    }

    private static bool IsWithinBounds(CommittedEvent stored, [NotNullWhen(false)] out string? problem)
    {
        problem = stored switch
        {
            { Position: < 1 or > NumberMax } or { Version: < 1 or > NumberMax } => "Position and version are from 1 to 2^53 - 1.",
            _ when !RecordedTime.IsWholeMicroseconds(stored.RecordedAt) => "The recorded time is not in whole microseconds.",
            _ when !IsText(stored.Type) || !IsText(stored.RecordedBy) || !IsText(stored.Stream)
                || (stored.Causation is { } causation && !IsText(causation)) =>
                $"Type, stream, recordedBy and causation are well-formed text of at most {TextLengthMax} characters.",
            _ => null,
        };
        return problem is null;
    }

    private static bool IsText(string text) =>
        text.Length <= TextLengthMax && CanonicalString.IsWellFormed(text);

    private static void WriteMembers(ArrayBufferWriter<byte> target, IReadOnlyList<(string Name, Digest Commitment)> members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            WriteMember(target, i == 0 ? ""u8 : ","u8, members[i].Name, members[i].Commitment);
        }
    }

    private static void WriteMember(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> before, string name, in Digest value)
    {
        target.Write(before);
        CanonicalString.TryWrite(name, target);
        target.Write(":\""u8);
        var base64 = target.GetSpan(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(Digest.Length));
        System.Buffers.Text.Base64.EncodeToUtf8(value.Bytes, base64, out _, out var written);
        target.Advance(written);
        target.Write("\""u8);
    }

    private static void WriteText(ArrayBufferWriter<byte> target, string? text)
    {
        if (text is null)
        {
            target.Write("null"u8);
        }
        else
        {
            CanonicalString.TryWrite(text, target);
        }
    }

    private static void WriteFormatted<T>(ArrayBufferWriter<byte> target, T value, string format = "")
        where T : IUtf8SpanFormattable
    {
        // A GUID in its 36-character form is the longest value written here.
        const int LengthMax = 36;
        value.TryFormat(target.GetSpan(LengthMax), out var written, format, System.Globalization.CultureInfo.InvariantCulture);
        target.Advance(written);
    }
}
