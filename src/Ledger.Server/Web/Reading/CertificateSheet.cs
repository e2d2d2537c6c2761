using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A certificate as a page to print. A QR code holds the address where it can be checked.</summary>
public sealed record CertificateSheet(PageHead Head, Certificate Certificate, string Signature, QrDrawing Check)
{
    /// <summary>
    /// Makes the sheet. For an assertion, the QR code leads to its history, where each event can be verified in the browser. For a document, it leads to
    /// the certificate that the ledger gives when the code is scanned.
    /// </summary>
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
