using System.Text;

namespace Ledger.Store;

/// <summary>An event that is not recorded yet.</summary>
/// <param name="Id">Unique over the whole log, and made by the caller: by it a lost commit reply is resolved.</param>
/// <param name="Type">Marten's alias: the snake_case of the event's class, <c>denial_recorded</c>.</param>
/// <param name="Data">A JSON object in UTF-8, the event's own properties in camelCase with nothing wrapped around.</param>
/// <param name="Headers">Who recorded it, for whom, and how it is found.</param>
public sealed record NewEvent(Guid Id, string Type, byte[] Data, EventHeaders Headers)
{
    /// <summary>Throws for text that UTF-8 cannot carry (half of a surrogate pair): a request that holds such must not reach a batch.</summary>
    internal static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The same, of text.</summary>
    /// <exception cref="EncoderFallbackException">The text has half of a surrogate pair.</exception>
    public NewEvent(Guid id, string type, string data, EventHeaders headers)
        : this(id, type, Strict.GetBytes(data), headers)
    {
    }
}
