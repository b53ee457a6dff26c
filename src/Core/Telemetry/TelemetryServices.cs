using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Droptune.Core.Telemetry;

/// <summary>Sends traces, metrics and logs where the settings say, by OpenTelemetry.</summary>
public static class TelemetryServices
{
    // The names that Azure and OpenTelemetry give these settings.
    private const string AzureMonitor = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string AzureMonitorIdentity = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string Otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// To Azure Monitor (signed in with Entra ID) and to an OTLP endpoint, each if its setting is there; without either
    /// nothing is registered and nothing is measured.
    /// </summary>
    public static IServiceCollection AddDroptuneTelemetry(this IServiceCollection services, IConfiguration configuration, string program)
    {
        var (toAzure, toOtlp) = (!string.IsNullOrEmpty(configuration[AzureMonitor]), !string.IsNullOrEmpty(configuration[Otlp]));
        if (!toAzure && !toOtlp)
        {
            return services;
        }

        IOpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(program))
            .WithTracing(tracing => tracing.AddSource(Tracing.Source))
            .WithMetrics(metrics => metrics.AddMeter(Measures.Source, Measures.TrafficSource))
            .WithLogging();
        if (toAzure)
        {
            telemetry = telemetry.UseAzureMonitorExporter(exporter =>
            {
                exporter.ConnectionString = configuration[AzureMonitor];
                exporter.Credential = new ManagedIdentityCredential(Identity(configuration[AzureMonitorIdentity]));
            });
        }

        if (toOtlp)
        {
            telemetry.UseOtlpExporter();
        }

        return services;
    }

    /// <summary>Begins what a generic host begins by itself; disposing the services sends what is left.</summary>
    public static void StartTelemetry(this IServiceProvider services)
    {
        services.GetService<TracerProvider>();
        services.GetService<MeterProvider>();
    }

    // "ClientId=…;Authorization=AAD": the form that the Functions host reads too.
    private static ManagedIdentityId Identity(string? authentication) =>
        authentication?.Split(';').FirstOrDefault(part => part.StartsWith("ClientId=", StringComparison.Ordinal)) is { } part
            ? ManagedIdentityId.FromUserAssignedClientId(part["ClientId=".Length..])
            : ManagedIdentityId.SystemAssigned;
}
