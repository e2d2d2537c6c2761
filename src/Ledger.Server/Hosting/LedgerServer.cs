using Ledger.Store;
using Marten;

namespace Ledger.Server;

/// <summary>Builds the server on an opened database.</summary>
internal static class LedgerServer
{
    /// <summary>Where the server listens by default.</summary>
    internal const string DefaultUrl = "http://127.0.0.1:5080";

    internal static async Task<WebApplication> BuildAsync(WebApplicationBuilder builder, LedgerSettings settings, LedgerDatabase database, CancellationToken cancellationToken)
    {
        var identity = await LedgerIdentity.LoadAsync(database.Documents, settings, cancellationToken);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The real limit is enforced where the body is read, with a problem that states the limit. This one only stops bodies that do not end.
            kestrel.Limits.MaxRequestBodySize = JsonBody.DrainedBytesMax;
        });
        // Traces show each request; the log keeps only what an operator must know.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter(typeof(Projections).FullName, LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning).AddFilter("Wolverine", LogLevel.Warning).AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Services
            .AddSingleton(settings)
            .AddSingleton(identity)
            .AddSingleton(database)
            .AddSingleton(database.Store)
            .AddSingleton<IDocumentStore>(database.Documents)
            .AddSingleton(new StartingHead(await database.Store.HeadAsync(cancellationToken)))
            .AddSingleton(TimeProvider.System)
            .AddSingleton<StreamStates>()
            .AddSingleton<LinkGraph>()
            .AddSingleton<Recorder>()
            .AddSingleton<Commands>()
            .AddSingleton<KeysInFlight>()
            .AddSingleton<ReadPoints>()
            .AddSingleton<Restrictions>()
            .AddSingleton<ProjectionPositions>()
            .AddSingleton<Projections>()
            .AddSingleton<CommandDispatch>()
            .AddSingleton<ImportDispatch>()
            .AddHostedService(services => services.GetRequiredService<Projections>())
            .AddHostedService<RestrictionLapses>()
            .AddLedgerProof(database)
            .AddSubscribers(builder.Configuration)
            .AddCommandQueues(builder.Configuration)
            .AddLedgerTelemetry(builder.Configuration)
            .AddAccess(settings)
            .AddRateLimits(settings)
            .AddLedgerOpenApi()
            .AddPages()
            .AddDesk(builder.Configuration)
            .AddBrowsersAndCodings(settings);

        var app = builder.Build();
        app.UseVary(settings);
        app.UseTagsOfCodings();
        app.UseResponseCompression();
        if (settings.CorsOrigins.Count > 0)
        {
            app.UseCors();
        }

        app.UseRefusalCounting();
        app.UseProblems();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        MapRoutes(app);
        return app;
    }

    private static void MapRoutes(WebApplication app)
    {
        RecordPartyRoute.Map(app);
        RegisterSourceRoute.Map(app);
        CaptureVersionRoute.Map(app);
        RecordClaimRoute.Map(app);
        AttachEvidenceRoute.Map(app);
        AddLinkRoute.Map(app);
        DenyAssertionRoute.Map(app);
        TakePositionRoute.Map(app);
        IssueNoticeRoutes.Map(app);
        RequestActionRoute.Map(app);
        AnswerActionRoute.Map(app);
        AmendEntryRoute.Map(app);
        WithdrawEventRoute.Map(app);
        RestrictAccessRoute.Map(app);

        ListAssertionsRoute.Map(app);
        ReadAssertionRoute.Map(app);
        HistoryRoute.Map(app);
        DiffRoute.Map(app);
        ChangesRoute.Map(app);
        MementoRoutes.Map(app);
        SourceViews.Map(app);
        PartyViews.Map(app);
        FeedRoute.Map(app);
        UnansweredRoute.Map(app);
        ComparisonRoute.Map(app);
        StatusRoute.Map(app);
        ProvenanceRoute.Map(app);
        ExportRoute.Map(app);
        ImportRoute.Map(app);
        RecordRetellingRoute.Map(app);

        LogRoutes.Map(app);
        ProofRoutes.Map(app);
        CertificateRoute.Map(app);
        KeyRoutes.Map(app);
        ErasureRoutes.Map(app);
        AuditRoute.Map(app);
        EventStreamRoute.Map(app);
        CorrectionFeeds.Map(app);
        SubscriptionRoutes.Map(app);
        SubscriptionControlRoutes.Map(app);
        DeliveryRoutes.Map(app);

        PageRoutes.Map(app);
        DeskRoutes.Map(app);
        HealthRoutes.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json").OpenToAll();
    }
}
