using System.Runtime.CompilerServices;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Client;

/// <content>Commands. Each returns what it appended, and throws <see cref="LedgerProblemException"/> where a rule or a limit refuses it.</content>
public sealed partial class LedgerClient
{
    /// <summary>Records a party.</summary>
    [Operation("POST", "/v1/parties")]
    public Task<RecordedAnswer> RecordPartyAsync(RecordParty party, WriteOptions? options = null, CancellationToken cancellationToken = default) => RecordAsync("v1/parties", party, options, cancellationToken);

    /// <summary>Changes the entry of a party.</summary>
    [Operation("PUT", "/v1/parties/{id}")]
    public Task<RecordedAnswer> UpdatePartyAsync(string party, RecordParty entry, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        RecordAsync(HttpMethod.Put, $"v1/parties/{Escape(party)}", entry, options, cancellationToken);

    /// <summary>Registers a work that carries claims.</summary>
    [Operation("POST", "/v1/sources")]
    public Task<RecordedAnswer> RegisterSourceAsync(RegisterSource source, WriteOptions? options = null, CancellationToken cancellationToken = default) => RecordAsync("v1/sources", source, options, cancellationToken);

    /// <summary>Records a version of a work; its number comes back as <see cref="RecordedAnswer.SourceVersion"/>.</summary>
    [Operation("POST", "/v1/sources/{id}/versions")]
    public Task<RecordedAnswer> CaptureVersionAsync(string source, CaptureVersion version, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        RecordAsync($"v1/sources/{Escape(source)}/versions", version, options, cancellationToken);

    /// <summary>Links a work with another.</summary>
    [Operation("POST", "/v1/sources/{id}/links")]
    public Task<RecordedAnswer> LinkSourceAsync(string source, AddLink link, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        RecordAsync($"v1/sources/{Escape(source)}/links", link, options, cancellationToken);

    /// <summary>Records a claim: what one version of a source states.</summary>
    [Operation("POST", "/v1/assertions")]
    public Task<RecordedAnswer> RecordClaimAsync(RecordClaim claim, WriteOptions? options = null, CancellationToken cancellationToken = default) => RecordAsync("v1/assertions", claim, options, cancellationToken);

    /// <summary>Attaches evidence to an assertion.</summary>
    [Operation("POST", "/v1/assertions/{id}/evidence")]
    public Task<RecordedAnswer> AttachEvidenceAsync(string assertion, AttachEvidence evidence, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "evidence", evidence, options, cancellationToken);

    /// <summary>Links an assertion with another, or with a version that nobody captured.</summary>
    [Operation("POST", "/v1/assertions/{id}/links")]
    public Task<RecordedAnswer> LinkAssertionAsync(string assertion, AddLink link, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "links", link, options, cancellationToken);

    /// <summary>Records that a party denies an assertion, or a part of it.</summary>
    [Operation("POST", "/v1/assertions/{id}/denials")]
    public Task<RecordedAnswer> DenyAsync(string assertion, DenyAssertion denial, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "denials", denial, options, cancellationToken);

    /// <summary>Records another position of a party on an assertion.</summary>
    [Operation("POST", "/v1/assertions/{id}/positions")]
    public Task<RecordedAnswer> TakePositionAsync(string assertion, TakePosition position, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "positions", position, options, cancellationToken);

    /// <summary>Records a publisher's notice about one or more assertions. All of it is recorded, or nothing.</summary>
    [Operation("POST", "/v1/notices")]
    public Task<RecordedAnswer> IssueNoticeAsync(IssueNotice notice, WriteOptions? options = null, CancellationToken cancellationToken = default) => RecordAsync("v1/notices", notice, options, cancellationToken);

    /// <summary>Records a correction, clarification or update of one assertion.</summary>
    [Operation("POST", "/v1/assertions/{id}/corrections")]
    public Task<RecordedAnswer> CorrectAsync(string assertion, SingleNotice correction, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "corrections", correction, options, cancellationToken);

    /// <summary>Records the retraction of one assertion, in full or in part.</summary>
    [Operation("POST", "/v1/assertions/{id}/retraction")]
    public Task<RecordedAnswer> RetractAsync(string assertion, SingleNotice retraction, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "retraction", retraction, options, cancellationToken);

    /// <summary>Records a publisher's expression of concern about one assertion.</summary>
    [Operation("POST", "/v1/assertions/{id}/concerns")]
    public Task<RecordedAnswer> ExpressConcernAsync(string assertion, SingleNotice concern, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "concerns", concern, options, cancellationToken);

    /// <summary>Records that somebody asked for a correction, a removal, a reply or a review.</summary>
    [Operation("POST", "/v1/assertions/{id}/requests")]
    public Task<RecordedAnswer> RequestAsync(string assertion, RequestAction request, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "requests", request, options, cancellationToken);

    /// <summary>Records the answer to a request, or to an upstream change.</summary>
    [Operation("POST", "/v1/assertions/{id}/answers")]
    public Task<RecordedAnswer> AnswerAsync(string assertion, AnswerAction answer, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "answers", answer, options, cancellationToken);

    /// <summary>Corrects a clerical mistake of the recorder itself.</summary>
    [Operation("POST", "/v1/assertions/{id}/amendments")]
    public Task<RecordedAnswer> AmendAsync(string assertion, AmendEntry amendment, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        OnAsync(assertion, "amendments", amendment, options, cancellationToken);

    /// <summary>Withdraws an earlier event: a denial or position, a concern, a retraction, evidence, a link, a restriction.</summary>
    [Operation("POST", "/v1/events/{eventId}/withdrawal")]
    public Task<RecordedAnswer> WithdrawAsync(Guid eventId, WithdrawEvent withdrawal, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        RecordAsync($"v1/events/{eventId}/withdrawal", withdrawal, options, cancellationToken);

    /// <summary>Hides an assertion or a source from public reads, until a moment or until the restriction is withdrawn.</summary>
    [Operation("POST", "/v1/restrictions")]
    public Task<RecordedAnswer> RestrictAsync(RestrictAccess restriction, WriteOptions? options = null, CancellationToken cancellationToken = default) => RecordAsync("v1/restrictions", restriction, options, cancellationToken);

    /// <summary>Records in one call that a partner published a source, or some of its assertions, elsewhere.</summary>
    [Operation("POST", "/v1/retellings")]
    public Task<RecordedAnswer> RecordRetellingAsync(RecordRetelling retelling, WriteOptions? options = null, CancellationToken cancellationToken = default) => RecordAsync("v1/retellings", retelling, options, cancellationToken);

    /// <summary>
    /// Records many commands, one in each line, and returns the result of each line as it comes, as JSON of the API. There are no automatic retries.
    /// The same lines may be sent again: a line with a key is recorded only once.
    /// </summary>
    /// <param name="lines">
    /// Lines of <c>{"command", "target", "key", "body"}</c>, or an archive in the format that the options name. The stream is read while it is sent.
    /// </param>
    /// <param name="options">The names and values of the API's query.</param>
    /// <param name="mediaType">The media type of the lines.</param>
    /// <param name="cancellationToken">Ends the import. Lines that were sent may have been recorded.</param>
    [Operation("POST", "/v1/import")]
    public async IAsyncEnumerable<JsonElement> ImportAsync(
        Stream lines, IEnumerable<(string Name, string Value)>? options = null, string mediaType = "application/x-ndjson", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var content = new StreamContent(lines);
        content.Headers.ContentType = new(mediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, Relative(Filtered("v1/import", options))) { Content = content };
        using var response = await _streams.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        await DemandAsync(response, cancellationToken).ConfigureAwait(false);
        using var answers = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        while (await answers.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            yield return JsonElement.Parse(line);
        }
    }

    private Task<RecordedAnswer> OnAsync(string assertion, string what, object body, WriteOptions? options, CancellationToken cancellationToken) =>
        RecordAsync($"v1/assertions/{Escape(assertion)}/{what}", body, options, cancellationToken);

    private Task<RecordedAnswer> RecordAsync(string path, object body, WriteOptions? options, CancellationToken cancellationToken) => RecordAsync(HttpMethod.Post, path, body, options, cancellationToken);

    private async Task<RecordedAnswer> RecordAsync(HttpMethod method, string path, object body, WriteOptions? options, CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(method, path, JsonSerializer.Serialize(body, body.GetType(), DomainJson.Wire), options, cancellationToken).ConfigureAwait(false);
        var answer = Read<RecordedAnswer>(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        return answer with { Replayed = response.Headers.Contains("Idempotent-Replayed") };
    }
}
