using System.Text;

namespace Ledger.Transparency.Tests;

/// <summary>An event in the shape of the ledger's own, with every kind of JSON value in its fields.</summary>
internal static class SampleEvent
{
    public const string Data = """
        {"party": "russia-mfa", "statement": "Contracts signed earlier stay valid – \"дословно\".", "contests": {"part": "headline", "words": [1, 2.30]},
         "concedes": null, "amount": 1237, "large": 9007199254740993, "reaffirms": false, "topics": ["sanctions", "labour"]}
        """;

    public static readonly string[] FieldNames = ["amount", "concedes", "contests", "large", "party", "reaffirms", "statement", "topics"];

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
        Data = Encoding.UTF8.GetBytes(Data),
    };

    public static CommittedEvent WithData(string data) => Denial with { Data = Encoding.UTF8.GetBytes(data) };

    public static byte[] Leaf(CommittedEvent stored, SaltRecord salts) =>
        EventLeaf.TryEncode(stored, salts, out var leaf, out var problem) ? leaf : throw new InvalidDataException(problem);

    public static SaltRecord ParseSalts(string json) =>
        SaltRecord.TryParse(Encoding.UTF8.GetBytes(json), out var salts, out var problem) ? salts : throw new InvalidDataException(problem);

    public static ErasedEvent Erase(CommittedEvent stored, SaltRecord salts, params string[] fields) =>
        Erasure.TryErase(stored.Data, salts, fields, out var erased, out var problem) ? erased : throw new InvalidDataException(problem);
}
