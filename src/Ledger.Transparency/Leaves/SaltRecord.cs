using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>
/// What opens an event's commitments. It is stored as JSON beside the event, never in its data: at first the event's salt as
/// a base64 string; after an erasure, and in receipts, an object
/// <c>{"stream": salt, "fields": {name: salt}, "erased": {name: commitment}}</c>. Without the event's salt no erased field's
/// salt can be found again, and without that the commitment tells nothing of the value, however few values it could have.
/// </summary>
public abstract record SaltRecord
{
    private const string StreamName = "stream";
    private const string FieldsName = "fields";
    private const string ErasedName = "erased";

    private SaltRecord()
    {
    }

    /// <summary>A new record over 32 bytes of the system's random numbers.</summary>
    public static Whole Generate()
    {
        Digest salt = default;
        RandomNumberGenerator.Fill(Digest.Writable(ref salt));
        return new Whole(salt);
    }

    /// <summary>The salts of the stream's id and of the named fields alone: what a receipt may show.</summary>
    public abstract Parts Split(IEnumerable<string> fieldNames);

    /// <summary>The stored JSON, in canonical form.</summary>
    public abstract string ToJson();

    /// <summary>Reads the stored JSON; <paramref name="problem"/> says what is wrong with it.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out SaltRecord? salts, [NotNullWhen(false)] out string? problem)
    {
        salts = null;
        if (!CanonicalJson.TryParse(json, out var document, out problem))
        {
            return false;
        }

        using (document)
        {
            salts = Read(document.RootElement);
            problem = salts is null
                ? "A salt record is the base64 of 32 bytes or an object with stream, fields and erased, no field in both."
                : null;
            return salts is not null;
        }
    }

    /// <summary>Says nothing: salts do not belong in logs.</summary>
    public sealed override string ToString() => nameof(SaltRecord);

    internal static SaltRecord? Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return TryReadDigest(json, out var salt) ? new Whole(salt) : null;
        }

        return json.ValueKind == JsonValueKind.Object
            && json.GetPropertyCount() == 3
            && json.TryGetProperty(StreamName, out var streamJson) && TryReadDigest(streamJson, out var stream)
            && json.TryGetProperty(FieldsName, out var fieldsJson) && ReadDigests(fieldsJson) is { } fields
            && json.TryGetProperty(ErasedName, out var erasedJson) && ReadDigests(erasedJson) is { } erased
            && !fields.Keys.Any(erased.ContainsKey)
            ? new Parts(stream, fields, erased)
            : null;
    }

    private static bool TryReadDigest(JsonElement json, out Digest digest)
    {
        digest = default;
        // Base64 needs no escapes, and asking only for text without them keeps lone surrogates from the decoder.
        return json.ValueKind == JsonValueKind.String
            && !json.GetRawText().Contains('\\', StringComparison.Ordinal)
            && Digest.TryParse(json.GetString(), out digest);
    }

    private static SortedDictionary<string, Digest>? ReadDigests(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object
            || CanonicalJson.Members(json) is not { Length: <= EventPayload.FieldCountMax } members)
        {
            return null;
        }

        var digests = new SortedDictionary<string, Digest>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            if (!TryReadDigest(value, out var digest))
            {
                return null;
            }

            digests.Add(name, digest);
        }

        return digests;
    }

    /// <summary>The event's salt, from which all others follow.</summary>
    /// <param name="EventSalt">32 random bytes.</param>
    public sealed record Whole(Digest EventSalt) : SaltRecord
    {
        /// <inheritdoc/>
        public override Parts Split(IEnumerable<string> fieldNames)
        {
            var derivation = new SaltDerivation(EventSalt);
            var fields = new SortedDictionary<string, Digest>(StringComparer.Ordinal);
            foreach (var name in fieldNames)
            {
                fields[name] = derivation.SaltOf(Commitment.FieldPath(name));
            }

            return new Parts(derivation.SaltOf(Commitment.StreamPath), fields, new SortedDictionary<string, Digest>(StringComparer.Ordinal));
        }

        /// <inheritdoc/>
        public override string ToJson() => $"\"{EventSalt}\"";
    }

    /// <summary>What an erasure leaves.</summary>
    /// <param name="Stream">The salt of the stream's id.</param>
    /// <param name="Fields">The salt of each field that has its value still.</param>
    /// <param name="Erased">The commitment itself of each field that has none any more.</param>
    public sealed record Parts(
        Digest Stream, IReadOnlyDictionary<string, Digest> Fields, IReadOnlyDictionary<string, Digest> Erased) : SaltRecord
    {
        /// <inheritdoc/>
        public override Parts Split(IEnumerable<string> fieldNames)
        {
            var shown = fieldNames.ToHashSet(StringComparer.Ordinal);
            return this with
            {
                Fields = new SortedDictionary<string, Digest>(
                    Fields.Where(field => shown.Contains(field.Key)).ToDictionary(), StringComparer.Ordinal),
            };
        }

        /// <inheritdoc/>
        public override string ToJson()
        {
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                Write(writer);
            }

            return CanonicalJson.TryFormat(stream.ToArray(), NumberRule.Exact, out var canonical, out var problem)
                ? System.Text.Encoding.UTF8.GetString(canonical)
                : throw new InvalidOperationException(problem);
        }

        internal void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            WriteDigests(writer, ErasedName, Erased);
            WriteDigests(writer, FieldsName, Fields);
            writer.WriteBase64String(StreamName, Stream.Bytes);
            writer.WriteEndObject();
        }

        private static void WriteDigests(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, Digest> digests)
        {
            writer.WriteStartObject(name);
            foreach (var (field, digest) in digests)
            {
                writer.WriteBase64String(field, digest.Bytes);
            }

            writer.WriteEndObject();
        }
    }
}
