using System.Text.Json;
using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using Marten;
using Marten.Services.Json.Transformations;
using Npgsql;
using Weasel.Core;
using SystemTextJson = Marten.Services.Json.Transformations.SystemTextJson;

namespace Ledger.Store;

/// <summary>How Marten works on the log: one configuration for the service, its commands and the tests.</summary>
public static class MartenConfiguration
{
    /// <summary>The schema of the log.</summary>
    public const string LogSchema = "ledger";

    /// <summary>The schema of operational state, kept as Marten documents.</summary>
    public const string OperationsSchema = "ledger_ops";

    /// <summary>What the locks of the projections are computed from, the same on every node.</summary>
    internal const int DaemonLockId = 4444;

    /// <summary>The index of the feeds of corrections; made by a migration of ours, which Marten leaves alone.</summary>
    private const string CorrectionsIndex = "mt_events_corrections";

    /// <summary>A document store of the log.</summary>
    /// <param name="dataSource">Whose role decides what the store may do; the caller disposes of it.</param>
    /// <param name="model">What the log holds.</param>
    public static DocumentStore Open(NpgsqlDataSource dataSource, LogModel model) => DocumentStore.For(options => Configure(options, dataSource, model));

    /// <summary>A document store for a daemon of read models.</summary>
    /// <param name="dataSource">Whose role decides what the store may do; the caller disposes of it.</param>
    /// <param name="model">What the log holds.</param>
    public static ProjectionStore OpenForProjections(NpgsqlDataSource dataSource, LogModel model)
    {
        var options = new StoreOptions();
        Configure(options, dataSource, model);
        return new(options, dataSource, model);
    }

    /// <summary>Sets everything that has to be the same wherever the log is opened.</summary>
    /// <param name="options">Marten's options.</param>
    /// <param name="dataSource">Where the log is.</param>
    /// <param name="model">What it holds.</param>
    public static void Configure(StoreOptions options, NpgsqlDataSource dataSource, LogModel model)
    {
        options.Connection(dataSource);
        options.DatabaseSchemaName = OperationsSchema;
        options.AutoCreateSchemaObjects = AutoCreate.None;      // The migrator applies changes as the owner; the service may not.
        options.DisableNpgsqlLogging = true;
        options.UseSystemTextJsonForSerialization(model.Json, EnumStorage.AsString, Casing.CamelCase);
        options.Storage.Add(new LedgerSchema(model));
        ConfigureEvents(options, model);
        options.Projections.DaemonLockId = DaemonLockId;
        // The server starts the daemon itself (ProjectionDaemon); Marten warns at every start where it thinks that nobody does.
        options.Projections.AsyncMode = DaemonMode.ExternallyManaged;
        model.Configure?.Invoke(options);
    }

    private static void ConfigureEvents(StoreOptions options, LogModel model)
    {
        var events = options.Events;
        events.DatabaseSchemaName = LogSchema;
        events.StreamIdentity = StreamIdentity.AsString;
        events.MetadataConfig.HeadersEnabled = true;
        events.MetadataConfig.CorrelationIdEnabled = true;
        events.MetadataConfig.CausationIdEnabled = true;
        events.EnableUniqueIndexOnEventId = true;
        events.IgnoreIndex(CorrectionsIndex);

        // Positions have no gaps, so there is none to skip; progress is a position alone.
        events.EnableAdvancedAsyncTracking = false;
        events.EnableExtendedProgressionTracking = false;
        events.UseOptimizedProjectionRebuilds = false;
        events.AddEventType<NoEvent>();
        foreach (var (name, type) in model.EventTypes)
        {
            events.MapEventType(type, name);
        }

        foreach (var (name, type) in model.OlderShapes)
        {
            events.Upcast(type, name, Transformation(model.ReadOther!, name));
        }
    }

    /// <summary>Without any event type Marten makes no tables for events. Nothing of this type is ever stored.</summary>
    private sealed record NoEvent;

    internal static JsonTransformation Transformation(Func<string, JsonDocument, object> read, string type) =>
        SystemTextJson.JsonTransformations.Upcast(document => read(type, document));
}
