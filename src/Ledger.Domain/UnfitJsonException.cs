using System.Text.Json;

namespace Ledger.Domain;

/// <summary>JSON that does not fit, in words for whoever sent it; the serializer's own words name types of this program.</summary>
/// <param name="message">What is expected.</param>
public sealed class UnfitJsonException(string message) : JsonException(message);
