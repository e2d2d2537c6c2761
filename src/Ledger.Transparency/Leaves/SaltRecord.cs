using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>
/// The salts that open an event's commitments. They are stored as JSON beside the event, never in its data. At first this is the event's salt
/// as a base64 string. After an erasure, and in receipts, it is an object
/// <c>{"stream": salt, "fields": {name: salt}, "erased": {name: commitment}}</c>, since schema 2 with
/// <c>"headers": {name: salt}, "erasedHeaders": {name: commitment}</c>. Without the event's salt, the salt of
/// an erased field cannot be derived again. Without the field's salt, the commitment reveals nothing about the value, even if few values are possible.
/// </summary>
public abstract record SaltRecord
{
    private const string StreamName = "stream";
    private const string FieldsName = "fields";
    private const string ErasedName = "erased";
    private const string HeadersName = "headers";
    private const string ErasedHeadersName = "erasedHeaders";

    // The number of members of the object, under schema 1 and since schema 2.
    private const int FirstMemberCount = 3;
    private const int MemberCount = 5;

    private SaltRecord()
    {
    }

    /// <summary>A new record with 32 random bytes of the operating system.</summary>
    public static Whole Generate()
    {
        Digest salt = default;
        RandomNumberGenerator.Fill(Digest.Writable(ref salt));
        return new Whole(salt);
    }

    /// <summary>Only the salts of the stream's id, of the named fields and of the named headers, which a receipt may show.</summary>
    /// <param name="fieldNames">The fields.</param>
    /// <param name="headerNames">The headers; null under schema 1, which does not commit to headers.</param>
    public abstract Parts Split(IEnumerable<string> fieldNames, IEnumerable<string>? headerNames);

    /// <summary>The stored JSON, in canonical form.</summary>
    public abstract string ToJson();

    /// <summary>Reads the stored JSON; <paramref name="problem"/> tells what is wrong with it.</summary>
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
                ? "A salt record is the base64 of 32 bytes or an object with stream, fields, erased and, since schema 2, headers and erasedHeaders, no name in both."
                : null;
            return salts is not null;
        }
    }

    /// <summary>Gives the type's name only, because salts must not appear in logs.</summary>
    public sealed override string ToString() => nameof(SaltRecord);

    internal static SaltRecord? Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return TryReadDigest(json, out var salt) ? new Whole(salt) : null;
        }

        if (json.ValueKind != JsonValueKind.Object || json.GetPropertyCount() is not (FirstMemberCount or MemberCount)
            || !json.TryGetProperty(StreamName, out var streamJson) || !TryReadDigest(streamJson, out var stream)
            || ReadPair(json, FieldsName, ErasedName) is not var (fields, erased))
        {
            return null;
        }

        if (json.GetPropertyCount() == FirstMemberCount)
        {
            return new Parts(stream, fields, erased);
        }

        return ReadPair(json, HeadersName, ErasedHeadersName) is var (headers, erasedHeaders)
            ? new Parts(stream, fields, erased) { Headers = new(headers, erasedHeaders) }
            : null;
    }

    /// <summary>Reads the salts, and the commitments that replace erased salts. No name may be in both.</summary>
    private static (SortedDictionary<string, Digest> Salts, SortedDictionary<string, Digest> Erased)? ReadPair(
        JsonElement json, string saltsName, string erasedName) =>
        json.TryGetProperty(saltsName, out var saltsJson) && ReadDigests(saltsJson) is { } salts
        && json.TryGetProperty(erasedName, out var erasedJson) && ReadDigests(erasedJson) is { } erased
        && !salts.Keys.Any(erased.ContainsKey)
            ? (salts, erased)
            : null;

    private static bool TryReadDigest(JsonElement json, out Digest digest)
    {
        digest = default;
        // Base64 needs no escapes. A text with escapes is refused, because it may hold a lone surrogate, on which the decoder would throw.
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

    /// <summary>The event's salt, from which all other salts are derived.</summary>
    /// <param name="EventSalt">32 random bytes.</param>
    public sealed record Whole(Digest EventSalt) : SaltRecord
    {
        /// <inheritdoc/>
        public override Parts Split(IEnumerable<string> fieldNames, IEnumerable<string>? headerNames)
        {
            var derivation = new SaltDerivation(EventSalt);
            return new Parts(
                derivation.SaltOf(CommitmentPath.Stream), Salts(derivation, fieldNames, CommitmentPath.OfField), NoDigests())
            {
                Headers = headerNames is null ? null : new(Salts(derivation, headerNames, CommitmentPath.OfHeader), NoDigests()),
            };
        }

        private static SortedDictionary<string, Digest> NoDigests() => new(StringComparer.Ordinal);

        private static SortedDictionary<string, Digest> Salts(in SaltDerivation derivation, IEnumerable<string> names, Func<string, string> pathOf)
        {
            var salts = NoDigests();
            foreach (var name in names)
            {
                salts[name] = derivation.SaltOf(pathOf(name));
            }

            return salts;
        }

        /// <inheritdoc/>
        public override string ToJson() => $"\"{EventSalt}\"";
    }

    /// <summary>Separate salts for each value, as they remain after an erasure or as a receipt shows them.</summary>
    /// <param name="Stream">The salt of the stream's id.</param>
    /// <param name="Fields">The salt of each field that still has its value.</param>
    /// <param name="Erased">The commitment of each field whose value was erased.</param>
    public sealed record Parts(
        Digest Stream, IReadOnlyDictionary<string, Digest> Fields, IReadOnlyDictionary<string, Digest> Erased) : SaltRecord
    {
        /// <summary>The same for the headers; null under schema 1.</summary>
        public HeaderSalts? Headers { get; init; }

        /// <inheritdoc/>
        public override Parts Split(IEnumerable<string> fieldNames, IEnumerable<string>? headerNames) => this with
        {
            Fields = Shown(Fields, fieldNames),
            Headers = Headers is null ? null : Headers with { Salts = Shown(Headers.Salts, headerNames ?? []) },
        };

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
            if (Headers is not null)
            {
                WriteDigests(writer, ErasedHeadersName, Headers.Erased);
                WriteDigests(writer, HeadersName, Headers.Salts);
            }

            writer.WriteBase64String(StreamName, Stream.Bytes);
            writer.WriteEndObject();
        }

        private static SortedDictionary<string, Digest> Shown(IReadOnlyDictionary<string, Digest> salts, IEnumerable<string> names)
        {
            var shown = names.ToHashSet(StringComparer.Ordinal);
            return new(salts.Where(salt => shown.Contains(salt.Key)).ToDictionary(), StringComparer.Ordinal);
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

    /// <summary>Separate salts for each header, as they remain after an erasure or as a receipt shows them.</summary>
    /// <param name="Salts">The salt of each header that is still proven.</param>
    /// <param name="Erased">The commitment of each header that lost words.</param>
    public sealed record HeaderSalts(IReadOnlyDictionary<string, Digest> Salts, IReadOnlyDictionary<string, Digest> Erased);
}
