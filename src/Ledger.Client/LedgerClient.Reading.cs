using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Client;

/// <content>Reads of the present, or of a moment. A <see cref="LedgerProblemException"/> with 404 means that something does not exist, or did not exist
/// then; one with 451 means that it is restricted.</content>
public sealed partial class LedgerClient
{
    /// <summary>An assertion and its standing.</summary>
    [Operation("GET", "/v1/assertions/{id}")]
    public Task<AssertionDocument> GetAssertionAsync(string assertion, Moment? moment = null, CancellationToken cancellationToken = default) =>
        GetAsync<AssertionDocument>(Moment.On($"v1/assertions/{Escape(assertion)}", moment), cancellationToken);

    /// <summary>The audit trail of an assertion.</summary>
    [Operation("GET", "/v1/assertions/{id}/history")]
    public Task<HistoryDocument> GetHistoryAsync(string assertion, Moment? moment = null, CancellationToken cancellationToken = default) =>
        GetAsync<HistoryDocument>(Moment.On($"v1/assertions/{Escape(assertion)}/history", moment), cancellationToken);

    /// <summary>The differences between two versions of an assertion, as JSON of the API.</summary>
    [Operation("GET", "/v1/assertions/{id}/diff")]
    public Task<JsonElement> GetDiffAsync(string assertion, long from, long to, CancellationToken cancellationToken = default) =>
        GetAsync<JsonElement>($"v1/assertions/{Escape(assertion)}/diff?from={Text(from)}&to={Text(to)}", cancellationToken);

    /// <summary>Where an assertion comes from and what derives from it: nodes and edges, as JSON of the API.</summary>
    /// <param name="assertion">The assertion.</param>
    /// <param name="direction"><c>up</c>, <c>down</c> or <c>both</c>.</param>
    /// <param name="depth">The greatest number of steps from the assertion, from 1.</param>
    /// <param name="moment">The moment of the read; null means now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Operation("GET", "/v1/assertions/{id}/provenance")]
    public Task<JsonElement> GetProvenanceAsync(string assertion, string direction = "both", int depth = 3, Moment? moment = null, CancellationToken cancellationToken = default) =>
        GetAsync<JsonElement>(Moment.On(QueryOf.Add($"v1/assertions/{Escape(assertion)}/provenance?depth={Text(depth)}", ("direction", direction)), moment), cancellationToken);

    /// <summary>Every assertion that passes the filter, all read at one log position. Pages are fetched on demand.</summary>
    /// <param name="filter">The conditions: names and values of the API's query, such as <c>("label", "denied")</c>.</param>
    /// <param name="moment">The moment of the read; null means now.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    [Operation("GET", "/v1/assertions")]
    public IAsyncEnumerable<AssertionItem> ListAssertionsAsync(IEnumerable<(string Name, string Value)>? filter = null, Moment? moment = null, CancellationToken cancellationToken = default) =>
        WalkAsync<AssertionItem>("v1/assertions", filter, moment, cancellationToken);

    /// <summary>Every work (source).</summary>
    [Operation("GET", "/v1/sources")]
    public IAsyncEnumerable<SourceDocument> ListSourcesAsync(Moment? moment = null, CancellationToken cancellationToken = default) => WalkAsync<SourceDocument>("v1/sources", null, moment, cancellationToken);

    /// <summary>A work and its versions.</summary>
    [Operation("GET", "/v1/sources/{id}")]
    public Task<SourceDocument> GetSourceAsync(string source, Moment? moment = null, CancellationToken cancellationToken = default) =>
        GetAsync<SourceDocument>(Moment.On($"v1/sources/{Escape(source)}", moment), cancellationToken);

    /// <summary>The versions of a work.</summary>
    [Operation("GET", "/v1/sources/{id}/versions")]
    public Task<Page<VersionDocument>> GetVersionsAsync(string source, Moment? moment = null, CancellationToken cancellationToken = default) =>
        GetAsync<Page<VersionDocument>>(Moment.On($"v1/sources/{Escape(source)}/versions", moment), cancellationToken);

    /// <summary>A comparison of two works (restated, differs, absent, added), as JSON of the API.</summary>
    [Operation("GET", "/v1/sources/{id}/comparison")]
    public Task<JsonElement> CompareAsync(string source, string with, Moment? moment = null, CancellationToken cancellationToken = default) =>
        GetAsync<JsonElement>(Moment.On(QueryOf.Add($"v1/sources/{Escape(source)}/comparison", ("with", with)), moment), cancellationToken);

    /// <summary>Every party.</summary>
    [Operation("GET", "/v1/parties")]
    public IAsyncEnumerable<PartyDocument> ListPartiesAsync(Moment? moment = null, CancellationToken cancellationToken = default) => WalkAsync<PartyDocument>("v1/parties", null, moment, cancellationToken);

    /// <summary>A party, what it said, and what others said about that.</summary>
    [Operation("GET", "/v1/parties/{id}")]
    public Task<PartyDocument> GetPartyAsync(string party, Moment? moment = null, CancellationToken cancellationToken = default) =>
        GetAsync<PartyDocument>(Moment.On($"v1/parties/{Escape(party)}", moment), cancellationToken);

    /// <summary>What became of the document at a URL. A <c>doi:…</c> is accepted too.</summary>
    [Operation("GET", "/v1/status")]
    public Task<StatusDocument> GetStatusAsync(string url, Moment? moment = null, CancellationToken cancellationToken = default) =>
        GetAsync<StatusDocument>(Moment.On(QueryOf.Add("v1/status", ("url", url)), moment), cancellationToken);

    /// <summary>The assertions whose standing changed between two positions or times, and how, as JSON of the API.</summary>
    [Operation("GET", "/v1/changes")]
    public IAsyncEnumerable<JsonElement> ListChangesAsync(string from, string? to = null, CancellationToken cancellationToken = default) =>
        WalkAsync<JsonElement>(QueryOf.Add("v1/changes", ("from", from), ("to", to)), null, null, cancellationToken);

    /// <summary>Requests and upstream changes without an answer, the oldest first, as JSON of the API.</summary>
    [Operation("GET", "/v1/unanswered")]
    public IAsyncEnumerable<JsonElement> ListUnansweredAsync(string? publisher = null, CancellationToken cancellationToken = default) =>
        WalkAsync<JsonElement>(QueryOf.Add("v1/unanswered", ("publisher", publisher)), null, null, cancellationToken);

    /// <summary>The editorial audit across assertions, as JSON of the API.</summary>
    /// <param name="filter">The conditions: names and values of the API's query, such as <c>("actor", "key-1")</c>.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    [Operation("GET", "/v1/audit")]
    public IAsyncEnumerable<JsonElement> ListAuditAsync(IEnumerable<(string Name, string Value)>? filter = null, CancellationToken cancellationToken = default) =>
        WalkAsync<JsonElement>("v1/audit", filter, null, cancellationToken);

    /// <summary>
    /// The receipt of an event (C2SP tlog-proof), which can be verified without the ledger. The server waits for a bounded time until the event is
    /// signed.
    /// </summary>
    [Operation("GET", "/v1/proofs/{position}")]
    public async Task<byte[]> GetReceiptAsync(long position, CancellationToken cancellationToken = default)
    {
        using var response = await _http.GetAsync(Relative($"v1/proofs/{Text(position)}"), cancellationToken).ConfigureAwait(false);
        await DemandAsync(response, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A signed certificate of what an assertion said at a moment, as JSON of the API.</summary>
    [Operation("GET", "/v1/certificates")]
    public Task<JsonElement> GetCertificateAsync(string assertion, string at, CancellationToken cancellationToken = default) =>
        GetAsync<JsonElement>(QueryOf.Add("v1/certificates", ("assertion", assertion), ("at", at)), cancellationToken);

    /// <summary>The whole ledger in a format of the API, as a stream.</summary>
    [Operation("GET", "/v1/export")]
    public Task<Stream> ExportAsync(string format = "ndjson", Moment? moment = null, CancellationToken cancellationToken = default) =>
        OpenAsync(Moment.On(QueryOf.Add("v1/export", ("format", format)), moment), cancellationToken);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private async IAsyncEnumerable<T> WalkAsync<T>(
        string path, IEnumerable<(string Name, string Value)>? filter, Moment? moment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        path = Moment.On(Filtered(path, filter), moment);
        string? cursor = null;
        do
        {
            var page = await GetAsync<Page<T>>(QueryOf.Add(path, ("cursor", cursor)), cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }
}
