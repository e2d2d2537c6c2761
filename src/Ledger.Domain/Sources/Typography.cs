using System.Text;

namespace Ledger.Domain;

/// <summary>
/// The differences that a content management system makes in a text that nobody edited: the Unicode normalization form, line endings, spaces,
/// quotation marks, dashes, ligatures, and invisible hyphens and zero-width characters.
/// </summary>
public static class Typography
{
    /// <summary>The text without such differences. Two texts that differ in nothing else give the same result.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        var (space, line) = (false, false);
        foreach (var c in text.Normalize(NormalizationForm.FormC))
        {
            if (c is '\u00AD' or '\u200B' or '\u200C' or '\u200D' or '\u2060' or '\uFEFF')
            {
                continue;
            }

            if (char.IsWhiteSpace(c))
            {
                space = true;
                line |= c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';
                continue;
            }

            if (space)
            {
                folded.Append(line ? '\n' : ' ');
                (space, line) = (false, false);
            }

            _ = c switch
            {
                '‘' or '’' or '‚' or '‛' or '′' or '`' or '´' or '‹' or '›' => folded.Append('\''),
                '“' or '”' or '„' or '‟' or '″' or '«' or '»' => folded.Append('"'),
                '‐' or '‑' or '‒' or '–' or '—' or '―' or '−' => folded.Append('-'),
                'ﬀ' => folded.Append("ff"),
                'ﬁ' => folded.Append("fi"),
                'ﬂ' => folded.Append("fl"),
                'ﬃ' => folded.Append("ffi"),
                'ﬄ' => folded.Append("ffl"),
                'ﬅ' or 'ﬆ' => folded.Append("st"),
                _ => folded.Append(c),
            };
        }

        return folded.ToString().Trim();
    }
}
