namespace Droptune.Infra.Tests.Monitoring;

public class MonitoringTests
{
    /// <summary>Types that send logs or metrics to a diagnostic setting; the rest have none, or are the setting's own destination.</summary>
    private static readonly string[] Diagnosable =
    [
        "Microsoft.App/managedEnvironments", // a job's logs are its environment's
        "Microsoft.ContainerRegistry/registries",
        "Microsoft.EventGrid/systemTopics",
        "Microsoft.Network/virtualNetworks",
        "Microsoft.OperationalInsights/workspaces",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Storage/storageAccounts/blobServices",
        "Microsoft.Storage/storageAccounts/queueServices",
        "Microsoft.Storage/storageAccounts/tableServices",
        "Microsoft.Web/serverfarms",
        "Microsoft.Web/sites",
    ];

    /// <summary>Types without diagnostics of their own, so that a new type must be put on one of the two lists.</summary>
    private static readonly string[] NotDiagnosable =
    [
        "Microsoft.App/jobs",
        "Microsoft.Authorization/roleAssignments",
        "Microsoft.Consumption/budgets",
        "Microsoft.Insights/actionGroups",
        "Microsoft.Insights/components", // its tables are in the workspace already
        "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Insights/metricAlerts",
        "Microsoft.Insights/scheduledQueryRules",
        "Microsoft.Insights/workbooks",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.Network/privateDnsZones",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        "Microsoft.Network/privateEndpoints",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        "Microsoft.Network/virtualNetworks/subnets",
        "Microsoft.Resources/resourceGroups",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Storage/storageAccounts/managementPolicies",
        "Microsoft.Storage/storageAccounts/queueServices/queues",
        "Microsoft.Storage/storageAccounts/tableServices/tables",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
    ];

    public static TheoryData<string> Deployments => [.. Deployment.All.Keys];

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Diagnostics_Deployed_AreOnForEveryResourceThatHasThem(string name)
    {
        var deployment = Deployment.All[name];
        const string Setting = "/providers/Microsoft.Insights/diagnosticSettings/";
        var watched = deployment.OfType("Microsoft.Insights/diagnosticSettings").Select(setting => setting.Id[..setting.Id.IndexOf(Setting, StringComparison.Ordinal)]);
        var watchable = deployment.Resources.Where(resource => Diagnosable.Contains(resource.Type)).Select(resource => resource.Id);

        Assert.Equal(watchable.Order(StringComparer.Ordinal), watched.Order(StringComparer.Ordinal));
        Assert.All(deployment.Resources, resource => Assert.Contains(resource.Type, (string[])[.. Diagnosable, .. NotDiagnosable]));
    }

    [Fact]
    public void Diagnostics_EachSetting_SendsSomethingThatIsOn() =>
        Assert.All(Deployment.Private.OfType("Microsoft.Insights/diagnosticSettings"), setting =>
        {
            string[] kinds = ["logs", "metrics"];
            var categories = kinds.Where(kind => setting.Json.GetProperty("properties").TryGetProperty(kind, out _))
                .SelectMany(kind => setting[kind].EnumerateArray()).ToList();
            Assert.NotEmpty(categories);
            Assert.All(categories, category => Assert.True(category.GetProperty("enabled").GetBoolean()));
        });

    [Fact]
    public void Alerts_Deployed_AreForEachFaultAndReachTheActionGroup()
    {
        var alerts = Deployment.Prod.OfType("Microsoft.Insights/scheduledQueryRules").ToList();
        var token = Deployment.Prod.Single("Microsoft.OperationalInsights/workspaces").Name["log-".Length..];

        Assert.Equal(
            ["alert-error-rate", "alert-evaluation-drop", "alert-failed-run", "alert-poison-message"],
            alerts.Select(alert => alert.Name[..^(token.Length + 1)]).Order(StringComparer.Ordinal));
        Assert.All(alerts, alert => Assert.Contains("actionGroupId", alert["actions", "actionGroups", 0].GetString(), StringComparison.Ordinal));
        Assert.All(alerts, alert => Assert.Equal(alert["windowSize"].GetString(), alert["evaluationFrequency"].GetString()));
        Assert.Equal(2, Deployment.Prod.Single("Microsoft.Insights/actionGroups")["emailReceivers"].GetArrayLength());
    }

    [Fact]
    public void Budget_WithAddresses_IsSetAndWithoutIsNot()
    {
        var budget = Deployment.Prod.Single("Microsoft.Consumption/budgets");

        Assert.Equal(500, budget["amount"].GetInt32());
        Assert.Equal(2, budget["notifications", "spent", "contactEmails"].GetArrayLength());
        Assert.Empty(Deployment.Dev.OfType("Microsoft.Consumption/budgets")); // nobody to tell
    }

    [Fact]
    public void Tags_Deployed_NameProductStageAndEnvironmentOnEveryTaggableResource() =>
        Assert.All(
            Deployment.Prod.Resources.Where(resource => resource.Json.TryGetProperty("location", out _)),
            resource =>
            {
                var tags = resource.Json.GetProperty("tags");
                Assert.Equal("droptune", tags.GetProperty("product").GetString());
                Assert.Equal("prod", tags.GetProperty("stage").GetString());
                Assert.Equal("dev", tags.GetProperty("azd-env-name").GetString());
            });
}
