using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>What a denial contests: the whole proposition, or a part of it in words.</summary>
/// <param name="Part">The contested part in words; null means the whole proposition.</param>
[JsonConverter(typeof(ContestsConverter))]
public sealed record Contests(string? Part)
{
    /// <summary>The whole proposition.</summary>
    public static Contests Whole { get; } = new((string?)null);
}

/// <summary>Writes <c>"whole"</c> or <c>{"part": "words"}</c>.</summary>
public sealed class ContestsConverter : JsonConverter<Contests>
{
    private const string Expected = "contests is \"whole\" or {\"part\": \"words\"}.";

    private sealed record Form(string Part);

    /// <inheritdoc/>
    /// <exception cref="UnfitJsonException">The JSON does not have the expected form.</exception>
    public override Contests Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? reader.ValueTextEquals("whole"u8) ? Contests.Whole : throw new UnfitJsonException(Expected)
            : new(UnfitJsonException.Read<Form>(ref reader, options, Expected)?.Part ?? throw new UnfitJsonException(Expected));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Contests value, JsonSerializerOptions options)
    {
        if (value.Part is { } part)
        {
            JsonSerializer.Serialize(writer, new Form(part), options);
        }
        else
        {
            writer.WriteStringValue("whole");
        }
    }
}

/// <summary>A party denied the proposition, or a part of it.</summary>
public sealed record DenialRecorded : LedgerEvent
{
    /// <summary>The party that denies.</summary>
    public string Party { get; init; } = Erased.Text;

    /// <summary>The words of the denial.</summary>
    public string Statement { get; init; } = Erased.Text;

    /// <summary>What it contests: the whole proposition or a part.</summary>
    public Contests Contests { get; init; } = Contests.Whole;

    /// <summary>What the party grants nonetheless.</summary>
    public string? Concedes { get; init; }

    /// <summary>The ground for the denial.</summary>
    public string? Ground { get; init; }

    /// <summary>The condition under which the denial holds.</summary>
    public string? Condition { get; init; }

    /// <summary>The captured version that reports it.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL to cite where no version is captured.</summary>
    public string? Citation { get; init; }

    /// <summary>An assertion that states the denial.</summary>
    public string? StatedIn { get; init; }

    /// <summary>An earlier denial of the same party that this one repeats.</summary>
    public Guid? Reaffirms { get; init; }
}

/// <summary>Records a denial.</summary>
public sealed record DenyAssertion : CitingCommand
{
    /// <summary>The party that denies.</summary>
    public required string Party { get; init; }

    /// <summary>The words of the denial.</summary>
    public required string Statement { get; init; }

    /// <summary>What it contests: the whole proposition or a part.</summary>
    public required Contests Contests { get; init; }

    /// <summary>What the party grants nonetheless.</summary>
    public string? Concedes { get; init; }

    /// <summary>The ground for the denial.</summary>
    public string? Ground { get; init; }

    /// <summary>The condition under which the denial holds.</summary>
    public string? Condition { get; init; }

    /// <summary>An assertion that states the denial.</summary>
    public string? StatedIn { get; init; }

    /// <summary>An earlier denial of the same party that this one repeats.</summary>
    public Guid? Reaffirms { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References =>
    [
        .. base.References, Reference.Party(Party, "party"), .. StatedIn is { } id ? [Reference.Assertion(id, "statedIn")] : Array.Empty<Reference>(),
    ];

    internal override string? SpeaksFor => Party;

    internal override void Check(Checks checks)
    {
        base.Check(checks);
        checks.Id(Party, "party");
        checks.Text(Statement, "statement", Limits.StatementCodePointsMax);
        if (Contests.Part is { } part)
        {
            checks.Text(part, "contests.part", Limits.LineCodePointsMax);
        }

        checks.OptionalText(Concedes, "concedes", Limits.LineCodePointsMax);
        checks.OptionalText(Ground, "ground", Limits.LineCodePointsMax);
        checks.OptionalText(Condition, "condition", Limits.LineCodePointsMax);
        if (StatedIn is not null)
        {
            checks.Id(StatedIn, "statedIn");
        }
    }

    /// <summary>Each party has at most one open denial of each part. The same denial again changes nothing; another one takes its place.</summary>
    internal static Decision Decide(Assertion state, DenyAssertion command, Circumstances c) =>
        state.Apply(command, c, stamp =>
        {
            if (!command.Cites)
            {
                return CitingCommand.NoCitation;
            }

            if (command.Reaffirms is { } earlier
                && (state.Entries.Find(earlier)?.Record.Event as DenialRecorded)?.Party != command.Party)
            {
                return Decision.Refuse(RefusalCode.NotOpen, "reaffirms names no denial of this assertion by the same party.", "reaffirms");
            }

            var denial = new DenialRecorded
            {
                Party = command.Party, Statement = command.Statement, Contests = command.Contests, Concedes = command.Concedes,
                Ground = command.Ground, Condition = command.Condition, Source = command.Source, Citation = command.Citation,
                StatedIn = command.StatedIn, Reaffirms = command.Reaffirms,
            };
            return state.Entries.Standing<DenialRecorded>().Any(d => IsSamePart(d.Event, denial) && Same.Event(d.Event, denial))
                ? Decision.Nothing
                : Decision.Accept(stamp(denial));
        });

    /// <summary>A denial by the same party of the same part takes the place of the open one.</summary>
    internal static Assertion Evolve(Assertion state, Recorded e, DenialRecorded denial)
    {
        var entries = state.Entries;
        foreach (var (record, open) in entries.Standing<DenialRecorded>())
        {
            if (IsSamePart(open, denial))
            {
                entries = entries.Close(record.Id, e, Closing.Updated);
            }
        }

        return state with { Entries = entries.Add(e) };
    }

    /// <summary>
    /// Whether both denials are of the same party and part. This cheap test comes first: a much-denied assertion has hundreds of open denials.
    /// </summary>
    private static bool IsSamePart(DenialRecorded left, DenialRecorded right) => left.Party == right.Party && left.Contests == right.Contests;
}
