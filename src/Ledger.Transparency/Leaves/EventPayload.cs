using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>
/// The data of an event, split into its top-level fields. A leaf can commit to all data that parses here. Parse the data before an
/// event is appended, because afterwards it is too late to refuse it.
/// </summary>
public sealed class EventPayload
{
    /// <summary>The greatest number of top-level fields in one event. With the bound on their names it keeps a leaf within its 65,535 bytes.</summary>
    public const int FieldCountMax = 128;

    /// <summary>The greatest length of a field's name, in UTF-16 units. The leaf holds the names in plain text, because they are part of the schema.</summary>
    public const int FieldNameLengthMax = 64;

    /// <summary>
    /// The greatest size of all values in canonical form, in bytes. It keeps a receipt within its own bound. The text that was sent, or that
    /// jsonb prints, can be longer. It is not counted, because data that is accepted today must be readable for ever.
    /// </summary>
    public const int CanonicalLengthMax = 2_000_000;

    private EventPayload(CanonicalMembers fields) => Fields = fields;

    /// <summary>The names in canonical order.</summary>
    public IEnumerable<string> FieldNames => Fields.Names;

    internal CanonicalMembers Fields { get; }

    /// <summary>Reads an event's JSON in UTF-8; <paramref name="problem"/> tells why a leaf cannot commit to it.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> data, [NotNullWhen(true)] out EventPayload? payload, [NotNullWhen(false)] out string? problem)
    {
        payload = null;
        if (!CanonicalJson.TryParse(data, out var document, out problem))
        {
            return false;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || document.RootElement.GetPropertyCount() > FieldCountMax
                || CanonicalJson.Members(document.RootElement) is not { } members
                || members.Any(member => member.Name.Length > FieldNameLengthMax))
            {
                problem = $"The data of an event is a JSON object of at most {FieldCountMax} fields, "
                    + $"with names of at most {FieldNameLengthMax} characters.";
                return false;
            }

            var fields = new CanonicalMembers(data.Length, members.Length);
            foreach (var (name, value) in members)
            {
                if (!fields.TryAdd(name, value, out problem))
                {
                    return false;
                }
            }

            if (fields.Length > CanonicalLengthMax)
            {
                problem = $"The data of an event has at most {CanonicalLengthMax} bytes in canonical form.";
                return false;
            }

            payload = new EventPayload(fields);
            return true;
        }
    }
}
