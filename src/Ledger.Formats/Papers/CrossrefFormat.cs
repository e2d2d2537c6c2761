using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>
/// Reads works in the form of Crossref's REST API: a work, a list, a message with items, or a work on each line. Updated works come before their
/// notices, and notices come in the order of their dates, whatever their order in the file.
/// </summary>
public sealed class CrossrefFormat : IArchiveFormat
{
    private const long DayOfFirstWorks = 0;

    /// <inheritdoc/>
    public string Name => "crossref";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var spool = new SortedSpool<Kept>();
        var inFile = new HashSet<UInt128>();
        var number = 0L;
        await foreach (var record in new JsonRecords("items").ReadAsync(input, cancellationToken))
        {
            foreach (var value in WorksIn(record))
            {
                var work = new CrossrefWork(value);
                if (work.DoiOf is { } doi)
                {
                    inFile.Add(HashOf(doi));
                }

                spool.Add(OrderOf(work), new(++number, record.Line, value.ValueKind == JsonValueKind.Undefined ? "null" : value.GetRawText(), record.Problem?.Reason));
            }
        }

        await foreach (var kept in spool.ReadAsync(cancellationToken))
        {
            yield return RecordOf(kept, options, inFile) with { Total = spool.Count };
        }
    }

    /// <summary>The works in a record. The record is a work, or an answer of the API that contains works.</summary>
    private static IReadOnlyList<JsonElement> WorksIn(JsonRecord record) =>
        record.Value.ValueKind == JsonValueKind.Object && record.Value.TryGetProperty("message", out var message)
            ? message.ValueKind == JsonValueKind.Object && message.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray()] : [message]
            : [record.Value];

    private static long OrderOf(CrossrefWork work) => work.UpdateTo is not { Count: > 0 } updates ? DayOfFirstWorks
        : updates.Max(u => u.Date ?? work.PublishedAt) is { } date && PartialDate.TryInterval(date, TimeZoneInfo.Utc, out var interval) ? DateOnly.FromDateTime(interval.From.UtcDateTime).DayNumber
        : DayOfFirstWorks + 1;

    private static ArchiveRecord RecordOf(Kept kept, ArchiveOptions options, HashSet<UInt128> inFile)
    {
        using var json = JsonDocument.Parse(kept.Work);
        var work = new CrossrefWork(json.RootElement);
        var record = new ArchiveRecord { Number = kept.Number, Line = kept.Line, Name = work.DoiOf ?? Texts.Cut(work.Title ?? $"record {kept.Number}", 200) };
        if (kept.Problem is { } problem)
        {
            return record with { Refusal = new(null, problem) };
        }

        if (work.DoiOf is not { } doi)
        {
            return record with { Refusal = new("DOI", "The work has no DOI, by which it could be found again.") };
        }

        var unclear = new List<Finding>();
        var papers = new List<Paper>();
        var notices = new List<ArchiveCommand>();
        if (work.UpdateTo.Count == 0 || work.UpdatedBy.Count > 0)
        {
            papers.Add(PaperOf(work, doi, options));
            notices.AddRange(NoticesOf(work.UpdatedBy.Where(u => u.Other is null || !inFile.Contains(HashOf(u.Other))), "updated-by", u => (papers[0], u.Other!), unclear));
        }

        var updated = work.UpdateTo.Select(u => u.Other).OfType<string>().Distinct(StringComparer.Ordinal).ToDictionary(o => o, o => PaperOf(work, o, options, inFile.Contains(HashOf(o)), unclear));
        papers.AddRange(updated.Values);
        notices.AddRange(NoticesOf(work.UpdateTo, "update-to", u => (updated[u.Other!], doi), unclear));
        return papers.Count == 0
            ? record with { Refusal = new("update-to", "None of its updates names a DOI.") }
            : record with
            {
                Commands = [.. papers.SelectMany(p => p.Commands()), .. notices],
                Identities = papers.SelectMany(p => p.Identities).DistinctBy(i => i.Key).ToDictionary(i => i.Key, i => i.Value),
                Unclear = unclear,
            };
    }

    /// <summary>The commands of updates, in the order of their dates. An update that several sources assert counts once.</summary>
    private static IEnumerable<ArchiveCommand> NoticesOf(
        IEnumerable<CrossrefWork.Update> updates, string field, Func<CrossrefWork.Update, (Paper Paper, string Notice)> about, List<Finding> unclear)
    {
        var known = new List<(CrossrefWork.Update Update, string Type)>();
        foreach (var update in updates)
        {
            if (update.Other is null || CrossrefUpdate.TypeOf(update.Type) is not { } type)
            {
                unclear.Add(new(field, update.Other is null ? "An update names no DOI; it is left out." : $"\"{Texts.Cut(update.Type, 40)}\" is none of Crossref's types of update; it is left out."));
                continue;
            }

            known.Add((update, type));
        }

        return from u in known
               group u by (u.Type, u.Update.Other) into same
               let first = same.OrderByDescending(u => u.Update.IsByPublisher).ThenBy(u => u.Update.Date, StringComparer.Ordinal).First()
               orderby first.Update.Date, CrossrefUpdate.Effects[first.Type] == "retraction"
               let subject = about(first.Update)
               select NoticeOf(first.Update, first.Type, subject.Paper, subject.Notice);
    }

    private static ArchiveCommand NoticeOf(CrossrefWork.Update update, string type, Paper paper, string notice)
    {
        var effect = CrossrefUpdate.Effects[type];
        var id = $"crossref-{new Identity("notice", [$"{paper.Names[0]} {type} {notice}"]).Id}";
        var key = $"crossref:{paper.Source.Id}:{type}:{id}";
        if (effect == "version")
        {
            return new("captureVersion", paper.Source.Id, key, Paper.Of(
                ("edition", CrossrefUpdate.LabelOf(type)), ("seen", false), ("url", DoiUrl.Of(notice)), ("note", CrossrefUpdate.TextOf(type)), ("publishedAt", update.Date)));
        }

        var body = Paper.Of(
            ("id", id), ("publisher", paper.Publisher.Identity.Id), ("text", CrossrefUpdate.TextOf(type)), ("url", DoiUrl.Of(notice)),
            ("reason", Paper.Line(CrossrefUpdate.LabelOf(type))), ("publishedAt", update.Date));
        if (effect is "partial")
        {
            body["extent"] = "partial";
        }
        else if (effect is "update" or "clarification")
        {
            body["kind"] = effect;     // A correction of the ledger needs the words before and after, which Crossref does not have.
        }

        return new(effect switch { "retraction" or "partial" => "retractAssertion", "concern" => "expressConcern", _ => "correctAssertion" }, paper.Claim.Id, key, body);
    }

    private static Paper PaperOf(CrossrefWork work, string doi, ArchiveOptions options) => new()
    {
        Names = [$"doi:{doi}"],
        Title = work.Title ?? $"DOI {doi}",
        Publisher = PublisherOf(work, options),
        PublishedAt = work.PublishedAt,
        Authors = work.Authors,
        Topics = [.. work.Subjects.Select(s => Texts.Cut(s, Limits.WordCodePointsMax)).Distinct(StringComparer.Ordinal).Take(Limits.ItemsMax)],
        Language = work.Language is { Length: <= Limits.WordCodePointsMax } language ? language : null,
    };

    /// <summary>The work that a notice is about, with only its DOI. Where the file contains the work, it was recorded before with its title.</summary>
    private static Paper PaperOf(CrossrefWork notice, string doi, ArchiveOptions options, bool isInFile, List<Finding> unclear)
    {
        if (!isInFile)
        {
            unclear.Add(new("update-to", $"The file does not have {doi}: where the ledger does not know it, it is entered by its DOI, with the publisher of the notice."));
        }

        return new() { Names = [$"doi:{doi}"], Title = $"DOI {doi}", Publisher = PublisherOf(notice, options) };
    }

    /// <summary>The publisher. It is identified by its member number at Crossref, otherwise by its name within Crossref.</summary>
    private static (string Name, Identity Identity) PublisherOf(CrossrefWork work, ArchiveOptions options) =>
        (work.Publisher ?? options.Publisher ?? "Publisher not named", new("party",
        [
            work.Member is { } member ? $"crossref:member:{member}" : work.Publisher is { } name ? $"crossref:publisher:{Texts.OnOneLine(name)}"
                : options.Publisher is { } given ? $"publisher:{given}" : $"publisher-of:doi:{work.DoiOf}",
        ]));

    private static UInt128 HashOf(string doi) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(doi)));

    /// <summary>A work in the spool, between the first and the second read.</summary>
    private sealed record Kept(long Number, long Line, string Work, string? Problem);
}
