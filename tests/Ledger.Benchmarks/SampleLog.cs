using System.Globalization;
using System.Security.Cryptography;
using Ledger.Domain;
using Ledger.Testing;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Benchmarks;

/// <summary>
/// A log of assertions, written by binary COPY: ten events an assertion on average, skewed, one of them hot; one in twenty is recorded late.
/// Standings change often: parties deny, dispute, corroborate and withdraw.
/// </summary>
internal sealed class SampleLog(TestDatabase database)
{
    /// <summary>Ten events, evenly over the log's life.</summary>
    internal const string Cool = "cool";
    internal const string Hot = "hot";
    internal const int HotEvents = 10_000;
    private const int CoolEvents = 10;
    private const int AssertionsPerEvents = 10;

    private static readonly string[] Words = ["harbour", "bridge", "permit", "report", "minister", "fire", "count", "river", "school", "audit", "train", "vote", "storm", "budget", "letter", "court"];

    private readonly Random _random = new(5);
    private readonly Dictionary<string, (long Version, Guid? Denial)> _streams = new(StringComparer.Ordinal);
    private long _position;

    /// <summary>When the event at a position happened in the world: a second after the one before it.</summary>
    internal static DateTimeOffset At(long position) => new DateTimeOffset(2018, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(position);

    /// <summary>Appends events; the hot assertion gets so many of them.</summary>
    internal async Task AppendAsync(int events, int hot)
    {
        await using var connection = new NpgsqlConnection(database.OwnerConnectionString);
        await connection.OpenAsync();
        // In replica mode foreign keys are not checked; the rows satisfy them all the same.
        await RunAsync(connection, "set session_replication_role = replica; set synchronous_commit = off");
        var (first, assertions) = (_position + 1, Math.Max(1, events / AssertionsPerEvents));
        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy ledger.mt_events (seq_id, id, stream_id, version, data, type, timestamp, headers) from stdin (format binary)"))
        {
            for (var n = 0; n < events; n++)
            {
                var id = n % (events / CoolEvents) == 5 ? Cool
                    : _random.NextDouble() < (double)hot / events ? Hot
                    : string.Create(CultureInfo.InvariantCulture, $"a{(int)(assertions * Math.Pow(_random.NextDouble(), 2))}");
                Write(copy, id);
            }

            await copy.CompleteAsync();
        }

        await RunAsync(connection, $"""
            insert into ledger.mt_streams (id, type, version)
            select stream_id, 'assertion', max(version) from ledger.mt_events where seq_id >= {first} group by stream_id
            on conflict (id) do update set version = excluded.version;
            select setval('ledger.mt_events_sequence', {_position});
            """);
        await RunAsync(connection, "vacuum analyze ledger.mt_events");
    }

    private void Write(NpgsqlBinaryImporter copy, string id)
    {
        _position++;
        var (version, denial) = _streams.GetValueOrDefault(id);
        var late = version > 0 && _random.NextDouble() < 0.05;
        var e = (version == 0 ? Claim(id) : Later(denial)) with
        {
            PublishedAt = StatedTime.Resolve(new(WireTime.Format(At(late ? _position - (long)(_random.NextDouble() * 0.3 * _position) : _position))), TimeZoneInfo.Utc),
        };
        var eventId = Guid.CreateVersion7();
        _streams[id] = (version + 1, e is DenialRecorded ? eventId : e is Withdrawn ? null : denial);
        copy.StartRow();
        copy.Write(_position, NpgsqlDbType.Bigint);
        copy.Write(eventId, NpgsqlDbType.Uuid);
        copy.Write(Ids.AssertionStream(id), NpgsqlDbType.Varchar);
        copy.Write(version + 1, NpgsqlDbType.Bigint);
        copy.Write(EventTypes.Serialize(e), NpgsqlDbType.Jsonb);
        copy.Write(EventTypes.NameOf(e), NpgsqlDbType.Varchar);
        copy.Write(At(_position).AddYears(1).UtcDateTime, NpgsqlDbType.TimestampTz);
        copy.Write($$"""{"recordedBy": "benchmark", "salt": "{{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}}", "leaf": 2}""", NpgsqlDbType.Jsonb);
    }

    private ClaimRecorded Claim(string id) => new()
    {
        Proposition = $"It is stated of {id} that the {Word()} of the {Word()} was given to the {Word()} by the {Word()}.", Source = new("report", 1), Publisher = "gazette",
        Attribution = [new("ministry")], Topics = [Word()],
    };

    private LedgerEvent Later(Guid? denial) => _random.Next(5) switch
    {
        0 or 1 when denial is { } open => new Withdrawn { Event = open, Reason = "It was a mistake." },
        0 or 1 => new DenialRecorded { Party = Party(), Statement = $"There was no {Word()} at the {Word()}.", Citation = "a letter" },
        2 => new PositionRecorded { Party = Party(), Stance = Stance.Disputes, Statement = $"Hardly the {Word()} of the {Word()}.", Citation = "a letter" },
        3 => new PositionRecorded { Party = Party(), Stance = Stance.Corroborates, Statement = $"We saw the {Word()}.", Citation = "a letter" },
        _ => new EntryAmended { Field = "language", Reason = "clerical" },
    };

    private string Word() => Words[_random.Next(Words.Length)];

    private string Party() => $"p{_random.Next(5)}";

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
