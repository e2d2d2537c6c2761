using System.Text;

namespace Ledger.Store;

/// <summary>An event that is not recorded yet.</summary>
/// <param name="Id">The event's id, made by the caller and unique in the whole log. When the reply to a commit is lost, the store looks for this id.</param>
/// <param name="Type">Marten's alias: the snake_case of the event's class, such as <c>denial_recorded</c>.</param>
/// <param name="Data">A JSON object in UTF-8: the event's own properties in camelCase, without an envelope.</param>
/// <param name="Headers">Who recorded the event, for whom, and the tags by which it is found.</param>
public sealed record NewEvent(Guid Id, string Type, byte[] Data, EventHeaders Headers)
{
    /// <summary>UTF-8 that throws for text it cannot encode (half of a surrogate pair). A request with such text must not reach a batch.</summary>
    internal static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Makes an event from data that is given as text.</summary>
    /// <exception cref="EncoderFallbackException">The text has half of a surrogate pair.</exception>
    public NewEvent(Guid id, string type, string data, EventHeaders headers)
        : this(id, type, Strict.GetBytes(data), headers)
    {
    }
}
