using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Droptune.Core.Pipeline;
using Droptune.Core.Storage;
using Droptune.Functions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NCrontab;

namespace Droptune.Infra.Tests;

public partial class SettingsTests
{
    /// <summary>Settings of the Functions host; the rest must be read by the program.</summary>
    private static readonly string[] ReadByTheHost =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AzureWebJobsStorage__blobServiceUri", // where the host keeps leases and keys
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__tableServiceUri",
        "Storage__credential", // the triggers' connection; the program's own clients need the client id alone
    ];

    public static TheoryData<string> Deployments => [.. Deployment.All.Keys];

    [Fact]
    public void FunctionSettings_Deployed_AreThoseThatHostAndProgramRead()
    {
        var settings = FunctionSettings(Deployment.Dev);
        var (configuration, record) = RecordingConfiguration.Of(settings);

        using var services = new ServiceCollection().AddLogging().AddDroptune(configuration).AddSingleton(configuration).BuildServiceProvider();
        services.GetRequiredService<DroptuneStorage>();
        _ = services.GetRequiredService<IOptions<PipelineOptions>>().Value;

        // "Storage" alone is the connection string of local use: asked for, and absent here.
        Assert.Equal(settings.Keys.Order(StringComparer.Ordinal), [.. record.Read.Except([StorageNames.Connection]).Union(ReadByTheHost).Order(StringComparer.Ordinal)]);
        Assert.DoesNotContain(StorageNames.Connection, settings.Keys);
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void PipelineSettings_Deployed_AreValid(string deployment)
    {
        var (configuration, _) = RecordingConfiguration.Of(FunctionSettings(Deployment.All[deployment]));

        var options = configuration.Get<PipelineOptions>()!;

        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        Assert.NotNull(CrontabSchedule.TryParse(options.EvaluationSchedule, new CrontabSchedule.ParseOptions { IncludingSeconds = true }));
    }

    [Fact]
    public void PipelineSettings_DefaultDeployment_AreTheProgramsDefaults()
    {
        var (configuration, _) = RecordingConfiguration.Of(FunctionSettings(Deployment.Dev));

        Assert.Equal(new PipelineOptions(), configuration.Get<PipelineOptions>());
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

    internal static Dictionary<string, string> FunctionSettings(Deployment deployment) =>
        NamesAndValues(deployment.Single("Microsoft.Web/sites")["siteConfig", "appSettings"]);

    internal static Dictionary<string, string> JobSettings(Deployment deployment) =>
        NamesAndValues(deployment.Single("Microsoft.App/jobs")["template", "containers", 0, "env"]);

    // What only Azure knows is an expression; an address must be one for the clients to be made.
    private static Dictionary<string, string> NamesAndValues(System.Text.Json.JsonElement settings) => settings.EnumerateArray().ToDictionary(
        setting => setting.GetProperty("name").GetString()!,
        setting => setting.GetProperty("name").GetString()!.EndsWith("ServiceUri", StringComparison.Ordinal)
            ? "https://stx.example.net/"
            : setting.GetProperty("value").GetString()!);

    [GeneratedRegex("AccountKey|SharedAccess|sharedKey|listKeys|listAccountSas|Password|DefaultEndpointsProtocol|[?&]sig=", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"\blist\w+(?=\()|\bgetSecret\b|@secure\b")]
    private static partial Regex KeyLookUp();
}
