using System.Text.Json;
using Ledger.Client;

namespace Ledger.Cli;

/// <summary>A connection to a ledger over HTTP, for the verifier and the other commands.</summary>
internal sealed class LedgerConnection : ILogSource, IDisposable
{
    private const int CopyBytes = 65_536;

    private static readonly (string, string)[] OnlyErasures = [("types", "payload_erased")];

    internal LedgerConnection(string url, string? key) => Client = Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? LedgerClient.Connect(address, key)
        : throw new CommandFailedException($"{url} is no http or https URL.", ExitCodes.Usage);

    internal LedgerClient Client { get; }

    public Task<byte[]?> TryGetAsync(string path, CancellationToken cancellationToken) => Client.TryGetBytesAsync(path, cancellationToken);

    public async Task<IReadOnlyList<ErasureNote>> ErasuresAsync(CancellationToken cancellationToken) =>
        await Client.ListEventsAsync(0, OnlyErasures, cancellationToken).Select(e => ErasureNote.Read(e.Position, e.Data)).ToListAsync(cancellationToken);

    public Task<JsonElement?> HealthAsync(CancellationToken cancellationToken) => Client.GetHealthAsync(cancellationToken);

    /// <summary>Streams the content at a path to a callback, which also gets the number of bytes so far. Returns the total number of bytes.</summary>
    internal async Task<long> CopyAsync(string path, Func<ReadOnlyMemory<byte>, long, Task> take, CancellationToken cancellationToken)
    {
        await using var body = await Client.OpenAsync(path, cancellationToken);
        var (buffer, total) = (new byte[CopyBytes], 0L);
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            await take(buffer.AsMemory(0, read), total += read);
        }

        return total;
    }

    public override string ToString() => Client.Address.ToString();

    public void Dispose() => Client.Dispose();
}
