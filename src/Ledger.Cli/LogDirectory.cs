using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Cli;

/// <summary>A log in files, under the same paths under which a ledger serves them.</summary>
internal sealed class LogDirectory(string directory) : ILogSource
{
    private const string ErasuresFile = "log/erasures.json";

    public async Task<byte[]?> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        var file = FileOf(path);
        return File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : null;
    }

    public async Task<IReadOnlyList<ErasureNote>> ErasuresAsync(CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<List<ErasureNote>>(await this.GetAsync(ErasuresFile, cancellationToken), DomainJson.Stored)!;

    public Task<JsonElement?> HealthAsync(CancellationToken cancellationToken) => Task.FromResult<JsonElement?>(null);

    public override string ToString() => directory + Path.DirectorySeparatorChar;

    internal async Task WriteAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        var file = FileOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, bytes, cancellationToken);
    }

    internal Task WriteErasuresAsync(IReadOnlyList<ErasureNote> erasures, CancellationToken cancellationToken) =>
        WriteAsync(ErasuresFile, JsonSerializer.SerializeToUtf8Bytes(erasures, DomainJson.Stored), cancellationToken);

    private string FileOf(string path) => Path.Combine([directory, .. path.Split('/')]);
}
