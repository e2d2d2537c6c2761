namespace Ledger.Formats;

/// <summary>A format of the field, read into the ledger's commands. It does no network I/O and keeps no more than one record in memory.</summary>
public interface IArchiveFormat
{
    /// <summary>Its name in <c>--format</c> and <c>?format=</c>, such as <c>claimreview</c>.</summary>
    string Name { get; }

    /// <summary>Reads an archive, record by record, in bounded memory. A bad record is given as refused; only an input that is none of this format at all ends the reading.</summary>
    /// <param name="input">The bytes, as they came.</param>
    /// <param name="options">What the file itself does not say.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The records, in an order in which they can be recorded.</returns>
    /// <exception cref="ArchiveFormatException">The input is not of this format, or goes beyond a limit.</exception>
    IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, CancellationToken cancellationToken);
}

/// <summary>What an archive does not say about itself.</summary>
public sealed record ArchiveOptions
{
    /// <summary>The address that the input was taken from: relative links are resolved against it. Null where unknown.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>The publisher of what has none of its own: a name.</summary>
    public string? Publisher { get; init; }

    /// <summary>Which columns are which fields (format <c>csv</c>): a JSON object. Null elsewhere.</summary>
    public string? Mapping { get; init; }

    /// <summary>Whether claims that restate one another by the file's own words become links with basis <c>inferred</c>.</summary>
    public bool InferLinks { get; init; }
}

/// <summary>An input that cannot be read as the format that was named; the message says what was found, where, and what to do.</summary>
public sealed class ArchiveFormatException : Exception
{
    /// <summary>An input that cannot be read.</summary>
    public ArchiveFormatException(string message) : base(message)
    {
    }

    /// <summary>An input that cannot be read, because of another failure.</summary>
    public ArchiveFormatException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>For serializers.</summary>
    public ArchiveFormatException()
    {
    }
}
