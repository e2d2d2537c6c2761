using System.Net;
using System.Text.Json;

namespace Ledger.Client;

/// <summary>A refusal of the ledger, with its reason: a problem document (RFC 9457).</summary>
public sealed class LedgerProblemException : Exception
{
    private LedgerProblemException(HttpStatusCode status, string code, string detail, IReadOnlyDictionary<string, IReadOnlyList<string>> errors)
        : base(detail) => (Status, Code, Errors) = (status, code, errors);

    /// <summary>For serializers.</summary>
    public LedgerProblemException() : this("The ledger refused.")
    {
    }

    /// <summary>A refusal of which only the message is known.</summary>
    public LedgerProblemException(string message) : base(message)
    {
    }

    /// <summary>A refusal that another failure caused.</summary>
    public LedgerProblemException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>
    /// The stable name of the problem, such as <c>before-mismatch</c>: the last part of its <c>type</c>. Empty where the answer was no problem document.
    /// </summary>
    public string Code { get; } = "";

    /// <summary>What is wrong with each field of the body or query, by the path of the field. Empty where no field is to blame.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; } = new Dictionary<string, IReadOnlyList<string>>(0);

    internal static LedgerProblemException Of(HttpStatusCode status, byte[] body)
    {
        try
        {
            var problem = JsonElement.Parse(body);
            var type = problem.GetProperty("type").GetString()!;
            var errors = problem.TryGetProperty("errors", out var fields) && fields.ValueKind == JsonValueKind.Object
                ? fields.EnumerateObject().ToDictionary(
                    f => f.Name, f => (IReadOnlyList<string>)(f.Value.ValueKind == JsonValueKind.Array ? [.. f.Value.EnumerateArray().Select(v => v.ToString())] : [f.Value.ToString()]), StringComparer.Ordinal)
                : [];
            return new(status, type[(type.LastIndexOf('/') + 1)..], problem.GetProperty("detail").GetString()!, errors);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // The answer is not a problem document; for example, a proxy between client and ledger answered.
            return new(status, "", $"The ledger answered {(int)status}.", new Dictionary<string, IReadOnlyList<string>>(0));
        }
    }
}
