using System.Text.Json;
using Ledger.Domain;
using Ledger.Server.Web.Pages;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>A certificate and the signature over its canonical JSON.</summary>
internal sealed record SignedCertificate(Certificate Certificate, string Signature);

/// <summary>
/// Certificates. A certificate says what was said about an assertion, or in a document, on a day. It is signed and holds the receipt of every event that it
/// is computed from.
/// </summary>
internal static class CertificateRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/certificates", "Certify what was said on a day; JSON or text/html", ReadAsync).Produces<SignedCertificate>().WithTags("Proof");

    private static async Task ReadAsync(ReadCall call)
    {
        var (assertion, url, at) = (call.Query.Text("assertion"), call.Query.Text("url"), call.Query.Text("at"));
        call.Query.Done();
        if (assertion is null == url is null)
        {
            throw Query.Invalid("assertion", "or url: give exactly one of the two.");
        }

        var head = await call.Store.HeadAsync(call.Cancelled);
        var moment = await MomentAsync(call, at, head);
        var basis = assertion is not null
            ? await CertificateBasis.OfAssertionAsync(call, assertion, head)
            : await CertificateBasis.OfDocumentAsync(call, StatusRoute.NormalOf(url!), head);
        var assertions = basis.Assertions.Select(s => CertifiedAssertion.Of(s.Id, s.Events, moment)).OfType<CertifiedAssertion>()
            .Where(a => a.Known is not null || a.Recorded is not null).ToList();
        if (assertions.Count == 0)
        {
            throw NothingYet(assertion ?? url!, basis);
        }

        var shown = assertions.Select(a => a.Assertion).ToHashSet(StringComparer.Ordinal);
        var rested = assertions.SelectMany(a => new[] { a.Known, a.Recorded, a.Now }).OfType<Wording>().Select(w => w.Source.Id).ToHashSet(StringComparer.Ordinal);
        var sources = basis.Sources.Where(s => rested.Contains(s.Id)).ToList();
        var positions = basis.Assertions.Where(s => shown.Contains(s.Id)).Concat(sources).SelectMany(s => s.Events).Select(e => e.Position).ToList();
        var (note, receipts) = await call.Service<Receipts>().OfAsync(positions, head, call.Cancelled);
        var certificate = new Certificate
        {
            Origin = call.Service<LogKey>().Origin,
            IssuedAt = call.Service<TimeProvider>().GetUtcNow(),
            Assertion = assertion,
            Url = url,
            At = at,
            Moment = moment,
            Position = head,
            Sources = [.. sources.Select(s => CertifiedSource.Of(s.Id, s.Events)).OfType<CertifiedSource>()],
            Assertions = assertions,
            Receipts = [.. receipts.Select(r => r.ToString())],
            Checkpoint = note.ToString(),
        };
        await WriteAsync(call, new(certificate, Sign(certificate, call.Service<LogKey>())), head);
    }

    /// <summary>
    /// The interval of time that the parameter names. It is never in the future, so the answer for it is final. A position stands for the moment at which
    /// its event was recorded.
    /// </summary>
    private static async Task<Interval> MomentAsync(ReadCall call, string? at, long head)
    {
        if (at is not null && PartialDate.TryInterval(at, TimeZoneInfo.Utc, out var interval) && at.Contains('-', StringComparison.Ordinal))
        {
            await call.Service<ReadPoints>().ResolveAsync(at, "at", call.Cancelled);
            return interval;
        }

        var position = at is null ? head : await call.Service<ReadPoints>().ResolveAsync(at, "at", call.Cancelled);
        return await call.Store.ReadEventAsync(position, call.Cancelled) is { } e
            ? Interval.At(e.RecordedAt)
            : throw new ProblemException(Problem.NotFound("Nothing is recorded by then."));
    }

    private static ProblemException NothingYet(string asked, CertificateBasis basis)
    {
        var claims = basis.Assertions.Select(s => Assertion.Fold(s.Events).Claim).OfType<Recorded>().ToList();
        return new(claims is [var first, ..]
            ? Problem.NotFound($"Nothing of {asked} was known or recorded by the moment asked for; it is known from {first.Since}.") with
            {
                Members = new Dictionary<string, object?> { ["knownFrom"] = first.Since, ["recordedAt"] = WireTime.Format(first.RecordedAt), ["position"] = first.Position },
            }
            : Problem.NotFound($"Nothing is recorded of {asked}."));
    }

    private static string Sign(Certificate certificate, LogKey key) =>
        SignedDocument.TrySign(Certificate.FormatName, JsonSerializer.SerializeToUtf8Bytes(certificate, DomainJson.Stored), key.Signers, out var note, out var problem)
            ? note.ToString()
            : throw new InvalidOperationException(problem);

    private static Task WriteAsync(ReadCall call, SignedCertificate signed, long position)
    {
        call.Response.Headers.Vary = "Accept";
        call.Response.Headers.CacheControl = "no-store";
        if (!PageRequests.WantsPage(call.Context.Request))
        {
            return call.WriteAsync(signed, position);
        }

        return call.WritePageAsync<CertificateDocument>(CertificateSheet.Of(call, signed), position);
    }
}
