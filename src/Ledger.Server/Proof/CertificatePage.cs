using System.Text;
using System.Text.Encodings.Web;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A certificate as a page to print: no script, nothing fetched from elsewhere.</summary>
internal static class CertificatePage
{
    private const string Style = """
        body{font:11pt/1.45 Georgia,serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#111}
        h1{font-size:1.5rem} h2{font-size:1.15rem;margin-top:2rem;border-top:1px solid #999;padding-top:1rem}
        table{border-collapse:collapse;width:100%} th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #ccc}
        blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid #999} pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:8.5pt}
        section,tr{break-inside:avoid}
        """;

    internal static string Of(SignedCertificate signed)
    {
        var c = signed.Certificate;
        var page = new StringBuilder();
        Add(page, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Certificate: {Text(c.Assertion ?? c.Url)}</title><style>{Style}</style></head><body>
            <h1>What was said of {Text(c.Assertion ?? c.Url)}, {(c.At is null ? "as of now" : $"by {Text(c.At)}")}</h1>
            <p>Certified by the log <b>{Text(c.Origin)}</b> on {Time(c.IssuedAt)}, complete up to its position {c.Position}. The moment that counts is {Time(c.Moment.To.AddMicroseconds(-1))}.</p>

            """);
        foreach (var source in c.Sources)
        {
            Add(page, $"<p>Source <b>{Text(source.Source)}</b>: {Text(source.Title)}, published by {Text(source.Publisher)}{(source.Url is null ? "" : $", {Text(source.Url)}")}.</p>\n");
        }

        foreach (var assertion in c.Assertions)
        {
            Append(page, assertion);
        }

        Add(page, $"""
            <h2>Proof</h2>
            <p>Each of the {c.Receipts.Count} events behind this page has a receipt in the signed JSON of the same address, checked without a network by <code>ledger verify-certificate</code>. They lead to this head of the log:</p>
            <pre>{Text(c.Checkpoint)}</pre>
            <p>The signature over the canonical JSON of the certificate:</p>
            <pre>{Text(signed.Signature)}</pre>
            </body></html>

            """);
        return page.ToString();
    }

    private static void Append(StringBuilder page, CertifiedAssertion assertion)
    {
        Add(page, $"<section><h2>{Text(assertion.Assertion)}</h2>\n<table><tr><th></th><th>Published by then, as far as is known now</th><th>Recorded here by then</th></tr>\n");
        Row(page, "Wording", w => $"<blockquote>{Text(w.Proposition)}</blockquote>", assertion);
        Row(page, "In", w => $"{Text(w.Source.Id)}, version {w.Source.Version}, {Text(w.Publisher)}", assertion);
        Row(page, "Figures", w => string.Join("<br>", w.Figures.Select(f => Text($"{f.Name} {Sign(f.Op)} {f.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)} {f.Unit}"))), assertion);
        Row(page, "Standing", w => $"<b>{Text(w.Standing.Label)}</b>: {Text(w.Standing.Summary)}", assertion);
        Row(page, "Flags", w => string.Join("<br>", w.Standing.Flags.Select(f => Text($"{f.Name}: {f.Detail}"))), assertion);
        page.Append("</table>\n");
        page.Append(assertion.Since.Count == 0 ? "<p>Nothing came after.</p>" : "<h3>Since then</h3><table><tr><th>Since</th><th>What</th><th>Position</th></tr>\n");
        foreach (var later in assertion.Since)
        {
            Add(page, $"<tr><td>{Text(later.Since)}{(later.Uncertain ? " (may have been before)" : "")}</td><td>{Text(later.Type.Replace('_', ' '))}");
            page.Append(later.Notice is null ? "" : $"<blockquote>{Text(later.Notice.Text)}</blockquote>");
            foreach (var change in later.Changes)
            {
                Add(page, $"<br>{Text(change.Field)}: {Text(change.Before?.ToString())} → {Text(change.After?.ToString())}");
            }

            page.Append(later.LabelBefore == later.LabelAfter ? "" : $"<br>label: {Text(later.LabelBefore ?? "none")} → {Text(later.LabelAfter)}");
            Add(page, $"</td><td>{later.Position}, recorded {Time(later.RecordedAt)}</td></tr>\n");
        }

        page.Append(assertion.Since.Count == 0 ? "" : "</table>");
        Add(page, $"<p>It stands now as <b>{Text(assertion.Now.Standing.Label)}</b>: {Text(assertion.Now.Standing.Summary)}.</p></section>\n");
    }

    private static void Add(StringBuilder page, FormattableString html) => page.Append(FormattableString.Invariant(html));

    private static void Row(StringBuilder page, string name, Func<Wording, string> of, CertifiedAssertion assertion) =>
        Add(page, $"<tr><th>{name}</th><td>{Cell(assertion.Known, of)}</td><td>{Cell(assertion.Recorded, of)}</td></tr>\n");

    private static string Cell(Wording? wording, Func<Wording, string> of) => wording is null ? "nothing" : of(wording);

    private static string Sign(Domain.Comparison op) => op switch
    {
        Domain.Comparison.Equal => "=",
        Domain.Comparison.About => "≈",
        Domain.Comparison.AtMost => "≤",
        Domain.Comparison.AtLeast => "≥",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Time(DateTimeOffset time) => WireTime.Format(time);

    private static string Text(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
