using Ledger.Store;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ledger.Server;

/// <summary>Sends traces and metrics by OTLP where an endpoint is configured (the standard OTEL_EXPORTER_OTLP_ENDPOINT); nothing otherwise.</summary>
internal sealed class Telemetry(Uri endpoint) : IHostedService, IDisposable
{
    private const string ServiceName = "claims-ledger";

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(ServiceName);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Npgsql", StoreTelemetry.Name)
            .AddOtlpExporter(o => Configure(o, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "Npgsql", StoreTelemetry.Name, SubscriberTelemetry.Name)
            .AddOtlpExporter(o => Configure(o, "v1/metrics"))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private void Configure(OtlpExporterOptions options, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(endpoint, path);
    }
}

/// <summary>Wires telemetry where an endpoint is configured.</summary>
internal static class TelemetryServices
{
    internal static IServiceCollection AddLedgerTelemetry(this IServiceCollection services, IConfiguration configuration) =>
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } endpoint
            ? services.AddHostedService(_ => new Telemetry(new Uri(endpoint.TrimEnd('/') + "/")))
            : services;
}
