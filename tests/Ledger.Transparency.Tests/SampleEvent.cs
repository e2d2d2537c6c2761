using System.Text;

namespace Ledger.Transparency.Tests;

/// <summary>An event in the shape of the ledger's own, with every kind of JSON value in its fields.</summary>
internal static class SampleEvent
{
    public const string Data = """
        {"party": "russia-mfa", "statement": "Contracts signed earlier stay valid – \"дословно\".", "contests": {"part": "headline", "words": [1, 2.30]},
         "concedes": null, "amount": 1237, "large": 9007199254740993, "reaffirms": false, "topics": ["sanctions", "labour"]}
        """;

    /// <summary>As the store writes them; <see cref="Salts"/> is their salt.</summary>
    public const string StoredHeaders = """
        {"leaf": 2, "salt": "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", "tags": ["assertion:t20", "party:russia-mfa", "topic:sanctions"],
         "onBehalfOf": "russia-mfa", "recordedBy": "key-7f3a", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
        """;

    public const string Correlation = "01890a5d-ac96-774b-bcce-b302099a8000";

    public static readonly string[] FieldNames = ["amount", "concedes", "contests", "large", "party", "reaffirms", "statement", "topics"];

    public static readonly string[] HeaderNames = ["correlation", "onBehalfOf", "tags", "traceparent"];

    public static readonly IReadOnlyDictionary<string, long> NoErasures = new Dictionary<string, long>();

    public static readonly SaltRecord.Whole Salts = new(new Digest([.. Enumerable.Range(1, Digest.Length).Select(value => (byte)value)]));

    public static readonly CommittedEvent Denial = new()
    {
        Position = 41,
        Id = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057"),
        Stream = "assertion-t20",
        Version = 3,
        Type = "denial_recorded",
        RecordedAt = new DateTimeOffset(2018, 8, 4, 9, 30, 0, TimeSpan.Zero).AddMicroseconds(120),
        RecordedBy = "key-7f3a",
        Causation = "01890a5d-ac96-774b-bcce-b302099a8056",
        Headers = HeadersOf(StoredHeaders).Committed,
        Data = Encoding.UTF8.GetBytes(Data),
    };

    /// <summary>The same as it was recorded before headers were committed to.</summary>
    public static readonly CommittedEvent FirstDenial = Denial with { Headers = null };

    public static LeafHeaders HeadersOf(string stored, string? correlation = Correlation) =>
        LeafHeaders.TryRead(Encoding.UTF8.GetBytes(stored), correlation, out var headers, out var problem) ? headers : throw new InvalidDataException(problem);

    public static CommittedEvent WithHeaders(string stored, string? correlation = Correlation) => Denial with { Headers = HeadersOf(stored, correlation).Committed };

    public static CommittedEvent WithData(string data) => Denial with { Data = Encoding.UTF8.GetBytes(data) };

    public static byte[] Leaf(CommittedEvent stored, SaltRecord salts) =>
        EventLeaf.TryEncode(stored, salts, out var leaf, out var problem) ? leaf : throw new InvalidDataException(problem);

    public static SaltRecord ParseSalts(string json) =>
        SaltRecord.TryParse(Encoding.UTF8.GetBytes(json), out var salts, out var problem) ? salts : throw new InvalidDataException(problem);

    public static ErasedEvent Erase(CommittedEvent stored, SaltRecord salts, params string[] fields) => Erase(stored, salts, fields, []);

    public static ErasedEvent Erase(CommittedEvent stored, SaltRecord salts, string[] fields, string[] headers) =>
        Erasure.TryErase(stored.Data, stored.Headers, salts, fields, headers, out var erased, out var problem) ? erased : throw new InvalidDataException(problem);

    /// <summary>For erased fields, the events that erased them.</summary>
    public static Dictionary<string, long> By(params (string Field, long Position)[] erasures) =>
        erasures.ToDictionary(erasure => CommitmentPath.OfField(erasure.Field), erasure => erasure.Position);
}
