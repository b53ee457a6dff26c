using System.Text.RegularExpressions;
using Droptune.Core.Evaluation;
using Droptune.Core.Hub;
using Droptune.Core.Storage;
using Droptune.Core.Telemetry;
using Droptune.Functions.Hosting;
using Droptune.Functions.Monitoring.Uncertain;
using Droptune.Functions.Retention;
using Droptune.TrainingJob.Work;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NCrontab;

namespace Droptune.Infra.Tests.Settings;

public partial class SettingsTests
{
    /// <summary>Settings of the Functions host; the rest must be read by the program.</summary>
    private static readonly string[] ReadByTheHost =
    [
        "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage__blobServiceUri", // where the host keeps leases and keys
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__tableServiceUri",
        "Storage__credential", // the triggers' connection; the program's own clients need the client id alone
    ];

    public static TheoryData<string> Deployments => [.. Deployment.All.Keys];

    /// <summary>Settings that are left to the program, which knows the machine: threads by cores, memory by what there is.</summary>
    private static readonly string[] LeftToTheProgram = ["Serving", "Validation", "Worker"];

    [Fact]
    public void FunctionSettings_Deployed_AreThoseThatHostAndProgramRead()
    {
        var settings = FunctionSettings(Deployment.WithHub);

        var read = Read(settings, (services, configuration) => services.AddDroptune(configuration).AddSingleton(configuration));

        Assert.Equal(Sorted(settings.Keys), Sorted(read.Union(ReadByTheHost)));
    }

    [Fact]
    public void JobSettings_Deployed_AreThoseThatTheWorkerReads()
    {
        var settings = JobSettings(Deployment.WithHub);

        var read = Read(settings, (services, configuration) => services.AddTrainingWorker(configuration));

        Assert.Equal(Sorted(settings.Keys), Sorted(read));
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void FunctionSettings_Deployed_AreValid(string deployment)
    {
        var (configuration, _) = RecordingConfiguration.Of(FunctionSettings(Deployment.All[deployment]));
        using var services = new ServiceCollection().AddLogging().AddDroptune(configuration).AddSingleton(configuration).BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<PipelineOptions>>().Value;
        var promotion = services.GetRequiredService<IOptions<PromotionSettings>>().Value;

        services.GetRequiredService<IStartupValidator>().Validate();
        Assert.All([options.EvaluationSchedule, options.FeedbackSchedule, options.RetentionSchedule], schedule =>
            Assert.NotNull(CrontabSchedule.TryParse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = true })));
        Assert.Equal(new PipelineOptions(), options); // the template's defaults are the program's
        Assert.Equal(new PromotionSettings(), promotion);
        Assert.Equal(
            new HubOptions { Hub = new() { Enabled = deployment is not (nameof(Deployment.Private) or nameof(Deployment.LongNamed)) } },
            services.GetRequiredService<IOptions<HubOptions>>().Value);
        Assert.Equal(new RetentionOptions(), services.GetRequiredService<IOptions<RetentionOptions>>().Value);
        Assert.Equal(new UncertainOptions(), services.GetRequiredService<IOptions<UncertainOptions>>().Value); // keeps nothing
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Settings_Deployed_HoldNoSecret(string deployment)
    {
        var settings = FunctionSettings(Deployment.All[deployment]).Concat(JobSettings(Deployment.All[deployment]));

        Assert.All(settings, setting => Assert.DoesNotMatch(Secret(), setting.Value));
    }

    [Fact]
    public void Templates_KeyLookUps_AreTheOneOfTheBlobWebhook()
    {
        var lookUps = BicepCompiler.SourceFiles
            .SelectMany(file => KeyLookUp().Matches(Repository.Read("infra", "bicep", file)).Select(match => (file, match.Value)));

        Assert.Equal([("events.bicep", "listKeys")], lookUps);
    }

    [Fact]
    public void Telemetry_Deployed_IsSentWithAnIdentity()
    {
        var insights = Deployment.Dev.Single("Microsoft.Insights/components");
        var workspace = Deployment.Dev.Single("Microsoft.OperationalInsights/workspaces");

        Assert.True(insights["DisableLocalAuth"].GetBoolean());
        Assert.True(workspace["features", "disableLocalAuth"].GetBoolean());
        Assert.Matches("^\\[format\\('ClientId=\\{0\\};Authorization=AAD'", FunctionSettings(Deployment.Dev)["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]);
    }

    /// <summary>What is asked of the configuration while everything that is bound to it or made from it is made.</summary>
    private static IEnumerable<string> Read(
        Dictionary<string, string> settings, Func<IServiceCollection, IConfiguration, IServiceCollection> add)
    {
        var (configuration, record) = RecordingConfiguration.Of(settings);
        var registered = add(new ServiceCollection().AddLogging(), configuration);
        var options = registered.Select(service => service.ServiceType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConfigureOptions<>))
            .Select(type => typeof(IOptions<>).MakeGenericType(type.GetGenericArguments()))
            .Where(type => type.GetGenericArguments()[0].Namespace!.StartsWith("Droptune", StringComparison.Ordinal)).Distinct().ToList();
        using var services = registered.BuildServiceProvider();
        foreach (var option in options)
        {
            _ = option.GetProperty("Value")!.GetValue(services.GetRequiredService(option));
        }

        services.GetRequiredService<DroptuneStorage>();
        services.StartTelemetry();

        // What Azure does not set: the connection string of local use, a collector, OpenTelemetry's own switches.
        var read = record.Read.ToList();
        var sections = read.Where(name => read.Any(other => other.StartsWith(name + "__", StringComparison.Ordinal)));
        return read.Except([StorageNames.Connection, .. sections]).Where(name =>
            !name.StartsWith("OTEL_", StringComparison.Ordinal)
            && !LeftToTheProgram.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> names) => names.Order(StringComparer.Ordinal);

    internal static Dictionary<string, string> FunctionSettings(Deployment deployment) =>
        NamesAndValues(deployment.Single("Microsoft.Web/sites")["siteConfig", "appSettings"]);

    internal static Dictionary<string, string> JobSettings(Deployment deployment) =>
        NamesAndValues(deployment.Single("Microsoft.App/jobs")["template", "containers", 0, "env"]);

    // What only Azure knows is an expression; where the programs need an address, they get one.
    private static Dictionary<string, string> NamesAndValues(System.Text.Json.JsonElement settings) => settings.EnumerateArray().ToDictionary(
        setting => setting.GetProperty("name").GetString()!,
        setting => setting.GetProperty("name").GetString()!.EndsWith("ServiceUri", StringComparison.Ordinal)
            ? "https://stx.example.net/"
            : setting.GetProperty("name").GetString() == "APPLICATIONINSIGHTS_CONNECTION_STRING"
                ? "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://localhost:1/"
            : setting.GetProperty(setting.TryGetProperty("secretRef", out _) ? "secretRef" : "value").GetString()!);

    [GeneratedRegex("AccountKey|SharedAccess|sharedKey|listKeys|listAccountSas|Password|DefaultEndpointsProtocol|[?&]sig=", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"\blist\w+(?=\()|\bgetSecret\b|@secure\b")]
    private static partial Regex KeyLookUp();
}
