using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ledger.Server;

/// <summary>
/// Entity tags (RFC 9110, section 8.8.3). A strong tag stands for bytes, so the compressed form of an answer has a tag of its own:
/// that of the answer, then <c>;</c> and the coding.
/// </summary>
internal static class EntityTags
{
    private const char Mark = ';';

    /// <summary>
    /// The tag among those of If-None-Match that matches the answer, as the client wrote it; null where none does. The comparison is weak, as the RFC
    /// asks.
    /// </summary>
    internal static string? Find(StringValues ifNoneMatch, string tag)
    {
        if (ifNoneMatch.Count == 0 || !EntityTagHeaderValue.TryParseList(ifNoneMatch, out var known))
        {
            return null;
        }

        foreach (var given in known)
        {
            if (given.Equals(EntityTagHeaderValue.Any))
            {
                return tag;
            }

            if (Plain(given.Tag.AsSpan()).SequenceEqual(tag.AsSpan().Trim('"')))
            {
                return given.Tag.ToString();
            }
        }

        return null;
    }

    /// <summary>A tag without its quotes and without the coding.</summary>
    internal static ReadOnlySpan<char> Plain(ReadOnlySpan<char> tag)
    {
        var text = tag.Trim('"');
        return text.IndexOf(Mark) is var end and >= 0 ? text[..end] : text;
    }

    /// <summary>Gives a compressed answer a tag of its own.</summary>
    internal static void UseTagsOfCodings(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            if (headers.ContentEncoding.Count > 0 && headers.ETag.ToString() is ['"', .., '"'] tag)
            {
                headers.ETag = $"{tag[..^1]}{Mark}{headers.ContentEncoding}\"";
            }

            return Task.CompletedTask;
        });
        return next(context);
    });
}
