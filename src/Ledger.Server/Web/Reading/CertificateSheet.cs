using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A certificate as a page to print, with the address where it is checked as a QR code.</summary>
public sealed record CertificateSheet(PageHead Head, Certificate Certificate, string Signature, QrDrawing Check)
{
    /// <summary>The assertion's history, where each event is verified in the browser; of a document, the certificate as the ledger gives it then.</summary>
    internal static CertificateSheet Of(ReadCall call, SignedCertificate signed)
    {
        var c = signed.Certificate;
        var request = call.Context.Request;
        var site = PageWriter.SiteOf(call.Context);
        var check = c.Assertion is { } assertion ? $"{site}/assertions/{assertion}#history" : $"{site}{request.Path}{request.QueryString}";
        return new(
            PageHead.Of(call, Plain.Line($"Certificate: {c.Assertion ?? c.Url}", 90), "What was said, and what became of it since; signed, with receipts."),
            c, signed.Signature, QrDrawing.Of(check));
    }
}
