using System.Net.Http.Headers;
using System.Text;

namespace Ledger.Server.Tests.BadInput;

/// <summary>A request that must be refused, with the problem that says so.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query; <c>{denial}</c> and the like stand for ids that the fixture knows.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="Status">The status expected.</param>
/// <param name="Code">The end of the problem's type.</param>
/// <param name="Says">Words of the detail that say what to do.</param>
internal sealed record BadCall(string Name, string Method, string Path, string? Body, int Status, string Code, string Says)
{
    /// <summary>Headers beside the usual ones.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public string? ContentType { get; init; } = "application/json";

    /// <summary>How the body becomes bytes; Latin-1 makes ill-formed UTF-8 of anything beyond ASCII.</summary>
    public Encoding Encoding { get; init; } = Encoding.UTF8;

    /// <summary>Whether the body goes without a length, in chunks.</summary>
    public bool Chunked { get; init; }

    internal static BadCall Post(string name, string path, string? body, int status, string code, string says) =>
        new(name, "POST", path, body, status, code, says);

    internal static BadCall Get(string name, string path, int status, string code, string says) =>
        new(name, "GET", path, null, status, code, says);

    internal HttpRequestMessage ToRequest(Func<string, string> fill)
    {
        var request = new HttpRequestMessage(new(Method), new Uri(fill(Path), UriKind.Relative));
        if (Body is not null)
        {
            var content = new ByteArrayContent(Encoding.GetBytes(fill(Body)));
            content.Headers.ContentType = ContentType is null ? null : MediaTypeHeaderValue.Parse(ContentType);
            request.Content = content;
            request.Headers.TransferEncodingChunked = Chunked ? true : null;
        }

        foreach (var (header, value) in Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(header, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(header, value);
            }
        }

        return request;
    }
}
