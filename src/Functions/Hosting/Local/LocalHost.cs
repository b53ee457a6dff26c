using Droptune.Functions.Hosting.Local.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Trace;

namespace Droptune.Functions.Hosting.Local;

/// <summary>
/// The function app on this machine, in one process: HTTP functions on Kestrel, listening at once, and the WebJobs SDK for
/// the other triggers, running as soon as storage answers.
/// </summary>
public static class LocalHost
{
    private const int DefaultPort = 7071;

    /// <summary>What a setting is locally where nothing sets it.</summary>
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        [StorageNames.Connection] = "UseDevelopmentStorage=true",
        [nameof(PipelineOptions.QuietPeriod)] = "00:00:02",
        [nameof(PipelineOptions.EventDelay)] = "00:00:05", // twice what the blob trigger takes
        [nameof(PipelineOptions.EvaluationSchedule)] = PipelineOptions.Hourly,
        [nameof(PipelineOptions.FeedbackSchedule)] = PipelineOptions.HalfPast,
        [nameof(PipelineOptions.RetentionSchedule)] = PipelineOptions.QuarterTo,
        ["Logging:LogLevel:Default"] = "Information",
        // The hosts' own lines about every request and every call of a function; a failed call remains, once.
        ["Logging:LogLevel:Azure"] = "Error", // its warnings are every "not found" and "exists already" that is expected
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
        ["Logging:LogLevel:Function"] = "Error",
        ["Logging:LogLevel:Host"] = "Error",
        ["Logging:LogLevel:Host.Startup"] = "None",
        ["Logging:LogLevel:Host.Results"] = "None",
    };

    /// <summary>Settings come from the command line (<c>--port 7071 --Storage …</c>), the environment, and <c>host.json</c>.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Insert(0, new MemorySource(Defaults));
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
        builder.Services
            .AddDroptune(builder.Configuration)
            // In Azure the Functions host exports the span of a request; here nobody else does, and what happens below a span
            // that is not recorded would be left out.
            .ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource("Microsoft.AspNetCore"))
            .AddSingleton<InterruptedWork>()
            .AddSingleton<TriggerHost>()
            .AddHostedService(services => services.GetRequiredService<TriggerHost>());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // More than is taken: the rest of a body that is refused is read away, so that the answer reaches who still sends.
            kestrel.Limits.MaxRequestBodySize = 16 * Http.RequestBody.MaxBytes;
        });
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            var port = builder.Configuration["Port"] ?? $"{DefaultPort}";
            builder.WebHost.UseUrls(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 65536
                ? $"http://localhost:{number}"
                : throw new LocalSetupException($"--port is '{port}': give a number from 1 to 65535."));
        }

        var app = builder.Build();
        HttpFunctions.Map(app);
        return app;
    }

    private sealed class MemorySource(Dictionary<string, string?> settings) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) =>
            new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationProvider(new() { InitialData = settings });
    }
}
