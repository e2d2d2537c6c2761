namespace Ledger.Formats;

/// <summary>
/// A reader that converts archives in a format of the field to the ledger's commands. It does no network I/O and keeps no more than one record in
/// memory.
/// </summary>
public interface IArchiveFormat
{
    /// <summary>Its name in <c>--format</c> and <c>?format=</c>, such as <c>claimreview</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Reads an archive record by record, in bounded memory. A bad record is returned as refused. Only an input that is not of this format at all ends
    /// the read.
    /// </summary>
    /// <param name="input">The bytes of the archive.</param>
    /// <param name="options">What the archive itself does not say.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The records, in an order in which they can be recorded.</returns>
    /// <exception cref="ArchiveFormatException">The input is not of this format, or exceeds a limit.</exception>
    IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, CancellationToken cancellationToken);
}

/// <summary>What an archive does not say about itself.</summary>
public sealed record ArchiveOptions
{
    /// <summary>The address from which the input was taken. Relative links are resolved against it. Null where it is unknown.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>The name of the publisher of records that name none; null where it is unknown.</summary>
    public string? Publisher { get; init; }

    /// <summary>For format <c>csv</c>: the mapping from columns to fields, as a JSON object. Null for other formats.</summary>
    public string? Mapping { get; init; }

    /// <summary>Whether claims that restate one another, according to the file's own words, get links with basis <c>inferred</c>.</summary>
    public bool InferLinks { get; init; }
}

/// <summary>The input cannot be read as the named format. The message says what was found, where, and what to do.</summary>
public sealed class ArchiveFormatException : Exception
{
    /// <summary>Makes the exception with a message.</summary>
    public ArchiveFormatException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    public ArchiveFormatException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>For serializers.</summary>
    public ArchiveFormatException()
    {
    }
}
