namespace Ledger.Benchmarks;

/// <summary>The event that every load appends: 600 bytes of JSON.</summary>
internal static class SampleEvent
{
    private const int SizeBytes = 600;
    private const string Head =
        """{"proposition": "A sentence as long as many a claim has.", "modality": "asserted", "language": "en", "padding": """;

    public static string Data { get; } = $"{Head}\"{new string('x', SizeBytes - Head.Length - 3)}\"}}";

    /// <summary>A statement that makes a denial about as long.</summary>
    public static string Text { get; } = new('x', SizeBytes - 150);

    /// <summary>As long as the engine's headers with a salt.</summary>
    public static string Headers { get; } = $$"""{"recordedBy": "benchmark", "salt": "{{new string('x', 44)}}", "leaf": 2}""";
}
