using System.IO.Hashing;
using System.Text;
using Ledger.Domain;
using Ledger.Formats;

namespace Ledger.Server;

/// <summary>
/// Finds the ids under which the ledger knows the things that the records of one import name. It looks at the ids that their identifiers give, then
/// at what this import itself has begun, and last in the index of identifiers.
/// </summary>
internal sealed class ArchiveThings(HttpContext context)
{
    /// <summary>Above this number, things whose command has ended are forgotten: the log has them by then.</summary>
    private const int BegunMax = 8_192;

    /// <summary>
    /// Other names of things that this import has begun. Above this number, they are forgotten after the index of identifiers has caught up.
    /// </summary>
    private const int AliasesMax = 200_000;

    private readonly StreamStates _states = context.RequestServices.GetRequiredService<StreamStates>();
    private readonly ProjectionPositions _positions = context.RequestServices.GetRequiredService<ProjectionPositions>();
    private readonly Ledger.Store.EventStore _store = context.RequestServices.GetRequiredService<Ledger.Store.EventStore>();
    private readonly Dictionary<string, Begun> _begun = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly HashSet<UInt128> _planned = [];
    private Dictionary<(string Kind, string Name), string> _found = [];

    /// <summary>Waits until the index of identifiers knows everything that was recorded until now.</summary>
    internal async Task CatchUpAsync() =>
        await _positions.ForAsync(IdentifierProjection.ProgressName, await _store.HeadAsync(context.RequestAborted), 0, context.RequestAborted);

    /// <summary>Reads what the records of a page need, with a few queries for the whole page.</summary>
    internal async Task LookUpAsync(IReadOnlyList<ArchiveRecord> page)
    {
        List<Identity> identities = [.. page.SelectMany(r => r.Identities.Values)];
        string[] names = [.. identities.Where(i => i.Kind != "assertion").SelectMany(i => i.Names).Distinct(StringComparer.Ordinal)];
        _found = names.Length == 0 ? [] : await IdentifierProjection.FindAsync(_store.DataSource, names, context.RequestAborted);
        await _states.PrimeAsync(identities.SelectMany(i => i.Names.Select(n => Stream(i.Kind, IdOf(i.Kind, n)))).Concat(_found.Select(f => Stream(f.Key.Kind, f.Value))), context.RequestAborted);

        // A source may be known under another id. The ids of its claims may then come from the names that it has there.
        string[] claims = [.. from i in identities where i.Kind == "source" from n in NamesOf(Find(i)) select Stream("assertion", IdOf("assertion", n))];
        await _states.PrimeAsync(claims, context.RequestAborted);
    }

    /// <summary>Maps the ids that a record's commands name to the ids under which the ledger knows the things.</summary>
    internal Dictionary<string, string> Resolve(ArchiveRecord record)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (given, identity) in record.Identities)
        {
            var id = Find(identity);
            if (identity.Kind == "assertion" && id == given && !IsThere("assertion", id)
                && record.Identities.Values.FirstOrDefault(i => i.Kind == "source" && i.Names.SequenceEqual(identity.Names)) is { } source)
            {
                id = NamesOf(Find(source)).Select(n => IdOf("assertion", n)).FirstOrDefault(i => IsThere("assertion", i)) ?? id;
            }

            ids[given] = id;
        }

        return ids;
    }

    /// <summary>Whether a thing is recorded, or this import has begun to record it.</summary>
    internal bool IsThere(string kind, string id)
    {
        var stream = Stream(kind, id);
        return (_begun.TryGetValue(stream, out var begun) && !begun.HasFailed) || _planned.Contains(HashOf(stream)) || StateOf(stream).Version > 0;
    }

    /// <summary>Whether a source has a version, or this import has begun to capture one.</summary>
    internal bool HasVersion(string source) =>
        (_begun.TryGetValue(VersionOf(source), out var begun) && !begun.HasFailed) || _planned.Contains(HashOf(VersionOf(source)))
        || StateOf(Stream("source", source)) is StreamState.OfSource { State.Versions.IsEmpty: false };

    /// <summary>Who publishes a source; null where it is not there.</summary>
    internal string? PublisherOf(string source) =>
        _begun.TryGetValue(Stream("source", source), out var begun) && !begun.HasFailed ? begun.Publisher
        : (StateOf(Stream("source", source)) as StreamState.OfSource)?.State.Registered?.Publisher;

    /// <summary>Notes that a thing is on its way into the log.</summary>
    internal void Begin(string kind, string id, Task<ImportResult> run, string? publisher, Identity? identity)
    {
        _begun[kind == "version" ? VersionOf(id) : Stream(kind, id)] = new(run, publisher, identity?.Names ?? []);
        foreach (var name in identity?.Names ?? [])
        {
            _aliases.TryAdd(Stream(kind, name), id);
        }
    }

    /// <summary>Notes that a thing would be recorded. A plan keeps a hash of 16 bytes for each.</summary>
    internal void Plan(string kind, string id, Identity? identity)
    {
        _planned.Add(HashOf(kind == "version" ? VersionOf(id) : Stream(kind, id)));
        foreach (var name in identity?.Names.Skip(1) ?? [])
        {
            _planned.Add(HashOf(Stream(kind, IdOf(kind, name))));
        }
    }

    /// <summary>Forgets things that the log has by now, when there are too many of them.</summary>
    internal async Task TrimAsync(Func<Task> settle)
    {
        if (_aliases.Count > AliasesMax)
        {
            await settle();
            await CatchUpAsync();
            _aliases.Clear();
            _begun.Clear();
        }

        if (_begun.Count > BegunMax)
        {
            foreach (var done in _begun.Where(b => b.Value.Run.IsCompleted).Select(b => b.Key).ToList())
            {
                _begun.Remove(done);
            }
        }
    }

    /// <summary>The newest open event of a type on an assertion; null where none is.</summary>
    internal async Task<Guid?> FindOpenAsync(string assertion, string eventType) =>
        (((StreamState.OfAssertion)await _states.CurrentAsync(Ids.AssertionStream(assertion), context.RequestAborted)).State.Entries.Open.Values
            .Where(e => EventTypes.NameOf(e.Record.Event) == eventType).MaxBy(e => e.Record.Version)?.Record.Id);

    private string Find(Identity identity) =>
        identity.Names.Select(n => IdOf(identity.Kind, n)).FirstOrDefault(id => IsThere(identity.Kind, id))
        ?? identity.Names.Select(n => _aliases.GetValueOrDefault(Stream(identity.Kind, n))).FirstOrDefault(id => id is not null && IsThere(identity.Kind, id))
        ?? identity.Names.Select(n => _found.GetValueOrDefault((identity.Kind, n))).FirstOrDefault(id => id is not null)
        ?? identity.Id;

    /// <summary>The names of a source that is there.</summary>
    private IEnumerable<string> NamesOf(string source) =>
        _begun.TryGetValue(Stream("source", source), out var begun) ? begun.Names
        : StateOf(Stream("source", source)) is StreamState.OfSource { State.Registered: { } registered } ? IdentifierProjection.NamesOf(registered)
        : [];

    private StreamState StateOf(string stream) => _states.Turn(stream) is var turn && turn.Next.State is { } next ? next : turn.Committed ?? StreamState.Empty(stream);

    private static string IdOf(string kind, string name) => new Identity(kind, [name]).Id;

    private static string Stream(string kind, string id) => $"{kind}-{id}";

    private static string VersionOf(string source) => $"version-{source}";

    private static UInt128 HashOf(string text) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text));

    private sealed record Begun(Task<ImportResult> Run, string? Publisher, IReadOnlyList<string> Names)
    {
        /// <summary>Whether its command failed. If somebody else recorded the thing meanwhile, it is there too, and that is no failure.</summary>
        internal bool HasFailed => Run is { IsCompletedSuccessfully: true, Result: { Status: >= StatusCodes.Status400BadRequest } result } && !ArchiveRun.IsIdTaken(result);
    }
}
