using System.Text;
using System.Text.Json;
using Ledger.Domain;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary>The result of a verification: what a certificate proves, and the problems in it.</summary>
internal sealed record CertificateReport(
    string Origin, string IssuedAt, string? At, long Position, int Receipts, IReadOnlyList<CertifiedAssertion> Assertions, IReadOnlyList<string> Problems);

/// <summary>
/// Verifies a certificate offline: its signature, each receipt, and that wording, standing and later events follow from the proven events.
/// It cannot prove that no later event was left out; for that it relies on the signer. A verification of the whole log would show it.
/// </summary>
internal static class CertificateVerifier
{
    internal static string OriginOf(byte[] bytes) => Parts(bytes).Certificate.GetProperty("origin").GetString()!;

    internal static CertificateReport Verify(byte[] bytes, VerifierKey key)
    {
        var (json, signature) = Parts(bytes);
        var certificate = json.Deserialize<Certificate>(DomainJson.Stored) ?? throw NoCertificate();
        var problems = new List<string>();
        if (!SignedNote.TryParse(Encoding.UTF8.GetBytes(signature), out var note, out var problem)
            || !SignedDocument.IsSigned(Certificate.FormatName, Encoding.UTF8.GetBytes(json.GetRawText()), note, key, out problem))
        {
            problems.Add($"the certificate is not signed by the log: {problem}");
        }

        if (certificate.Format != Certificate.FormatName || certificate.Origin != key.Name)
        {
            problems.Add($"the certificate is of the log {certificate.Origin} in the form {certificate.Format}, not of {key.Name} in {Certificate.FormatName}");
        }

        if (!SignedNote.TryParse(Encoding.UTF8.GetBytes(certificate.Checkpoint), out var headNote, out problem)
            || !Checkpoint.TryOpen(headNote, key.Name, [key], out var head, out problem))
        {
            problems.Add($"its head is not signed by the log: {problem}");
        }
        else if (head.Size < certificate.Position)
        {
            problems.Add($"its head covers {head.Size} events, not the {certificate.Position} that it speaks of");
        }

        var streams = Proven(certificate, key, problems);
        foreach (var assertion in certificate.Assertions)
        {
            var events = streams.GetValueOrDefault(Ids.AssertionStream(assertion.Assertion), []);
            DemandComplete(assertion.Assertion, events, problems);
            Compare(assertion.Assertion, assertion, CertifiedAssertion.Of(assertion.Assertion, events, certificate.Moment), problems);
        }

        foreach (var source in certificate.Sources)
        {
            Compare(source.Source, source, CertifiedSource.Of(source.Source, streams.GetValueOrDefault(Ids.SourceStream(source.Source), [])), problems);
        }

        return new(certificate.Origin, WireTime.Format(certificate.IssuedAt), certificate.At, certificate.Position, certificate.Receipts.Count, certificate.Assertions, problems);
    }

    private static (JsonElement Certificate, string Signature) Parts(byte[] bytes)
    {
        try
        {
            var root = JsonElement.Parse(bytes);
            return (root.GetProperty("certificate"), root.GetProperty("signature").GetString() ?? throw NoCertificate());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw NoCertificate();
        }
    }

    private static CommandFailedException NoCertificate() => new("The file is no certificate: {\"certificate\": …, \"signature\": …}.", ExitCodes.Usage);

    private static Dictionary<string, List<Recorded>> Proven(Certificate certificate, VerifierKey key, List<string> problems)
    {
        var streams = new Dictionary<string, List<Recorded>>(StringComparer.Ordinal);
        foreach (var text in certificate.Receipts)
        {
            if (!EventReceipt.TryParse(Encoding.UTF8.GetBytes(text), out var receipt, out var problem))
            {
                problems.Add($"a receipt cannot be read: {problem}");
                continue;
            }

            if (receipt.Verify(key.Name, [key], out _) is LeafVerdict.Tampered tampered)
            {
                problems.Add($"the receipt of position {receipt.Event.Position}: {tampered.Reason}");
                continue;
            }

            var e = receipt.Event;
            if (!streams.TryGetValue(e.Stream, out var stream))
            {
                streams[e.Stream] = stream = [];
            }

            stream.Add(new(e.Id, e.Stream, e.Version, e.Position, e.RecordedAt, e.RecordedBy, null, EventTypes.Deserialize(e.Type, Encoding.UTF8.GetString(e.Data.Span))));
        }

        foreach (var stream in streams.Values)
        {
            stream.Sort((left, right) => left.Version.CompareTo(right.Version));
        }

        return streams;
    }

    /// <summary>Checks the versions of the events. The events of a stream are numbered, so none can be missing between two others.</summary>
    private static void DemandComplete(string id, List<Recorded> events, List<string> problems)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Version != i + 1)
            {
                problems.Add($"{id}: the receipt of its event {i + 1} is missing");
                return;
            }
        }
    }

    private static void Compare<T>(string id, T said, T? proven, List<string> problems)
    {
        if (proven is null || Canonical(said) != Canonical(proven))
        {
            problems.Add($"{id}: what the certificate says is not what its receipts give");
        }
    }

    private static string Canonical<T>(T value) =>
        CanonicalJson.TryFormat(JsonSerializer.SerializeToUtf8Bytes(value, DomainJson.Stored), NumberRule.Exact, out var json, out var problem)
            ? Encoding.UTF8.GetString(json)
            : throw new InvalidOperationException(problem);
}
