using System.Text.Json;
using JasperFx.Events.Projections;
using Ledger.Domain;
using Ledger.Store;
using Marten;

namespace Ledger.Server;

/// <summary>What the log holds, for Marten: the Domain's event types, the read models and their tables, the documents.</summary>
internal static class LedgerModel
{
    /// <summary>The model without projections: enough to migrate, and to read streams and documents.</summary>
    internal static LogModel Schema { get; } = new()
    {
        Name = "ledger",
        EventTypes = EventTypes.All,
        OlderShapes = Upcasters.Known.ToDictionary(u => u.Key, u => EventTypes.ShapeOf(u.Key)),
        ReadOther = (type, data) => EventTypes.Deserialize(type, JsonSerializer.SerializeToUtf8Bytes(data)),
        Json = DomainJson.Stored,
        Configure = OperationalDocuments.Configure,
        Sources = [new(typeof(LedgerModel).Assembly, "Ledger.Server.Sql")],
        Scripts = new Dictionary<string, string>
        {
            ["read_assertion_list"] = Lists.CreateSql + string.Join(";\n", Lists.Indexes),
            ["read_catalog"] = CatalogProjection.CreateSql(ReadModels.Schema),
            ["read_documents"] = DocumentProjection.CreateSql,
            ["read_identifiers"] = IdentifierProjection.CreateSql,
            ["read_links"] = LinkProjection.CreateSql(ReadModels.Schema),
            ["read_restrictions"] = RestrictionProjection.CreateSql(ReadModels.Schema),
            ["read_text_flags"] = TextFlagProjection.CreateSql,
            ["read_tree"] = TileStore.CreateSql,
            ["read_unanswered"] = UnansweredProjection.CreateSql,
        },
    };

    /// <summary>The progress names of everything that follows the log.</summary>
    internal static IReadOnlyList<string> ProgressNames { get; } =
    [
        AssertionListProjection.ProgressName, CatalogProjection.ProgressName, LinkProjection.ProgressName, RestrictionProjection.ProgressName,
        UnansweredProjection.ProgressName, DocumentProjection.ProgressName, IdentifierProjection.ProgressName, TextFlagProjection.ProgressName, PropagationPolicy.ProgressName,
    ];

    private static AssertionListTables Lists => new(ReadModels.Schema);

    /// <summary>The model with everything that follows the log.</summary>
    internal static LogModel WithProjections(EventStore store) => With(options =>
    {
        foreach (var model in ReadModelsOf(store))
        {
            options.Projections.Add(new ReadModelProjection(model), ProjectionLifecycle.Async);
        }

        options.Projections.Subscribe(new PropagationPolicy(store));
    });

    /// <summary>The model with only some projections.</summary>
    internal static LogModel With(Action<StoreOptions> projections) => Schema with
    {
        Configure = options =>
        {
            Schema.Configure?.Invoke(options);
            projections(options);
        },
    };

    /// <summary>Every read model there is.</summary>
    internal static IEnumerable<IReadModel> ReadModelsOf(EventStore store) =>
        [.. Rebuildable(store, ReadModels.Schema), new UnansweredProjection(store), new DocumentProjection(), new IdentifierProjection(), new TextFlagProjection()];

    /// <summary>The read models that can be filled in another schema and then take over.</summary>
    internal static IEnumerable<IRebuildable> Rebuildable(EventStore store, string schema) =>
        [new AssertionListProjection(store, schema), new CatalogProjection(schema), new LinkProjection(schema), new RestrictionProjection(store, schema)];
}
