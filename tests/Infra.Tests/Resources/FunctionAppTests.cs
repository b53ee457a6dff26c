using Droptune.Infra.Tests.Settings;

namespace Droptune.Infra.Tests.Resources;

public class FunctionAppTests
{
    /// <summary>What Flex Consumption replaced, ignores or refuses (error 51021 in a growing list of regions).</summary>
    private static readonly string[] ForbiddenProperties =
    [
        "alwaysOn", "containerSize", "dailyMemoryTimeQuota", "ftpsState", "functionAppScaleLimit", "functionsRuntimeScaleMonitoringEnabled", "http20Enabled", "isReserved",
        "isXenon", "javaVersion", "linuxFxVersion", "minimumElasticInstanceCount", "netFrameworkVersion", "powerShellVersion", "preWarmedInstanceCount", "use32BitWorkerProcess",
        "vnetRouteAllEnabled", "windowsFxVersion",
    ];

    private static readonly string[] ForbiddenSettings =
    [
        "AzureWebJobsDashboard", "ENABLE_ORYX_BUILD", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_MAX_HTTP_CONCURRENCY", "FUNCTIONS_WORKER_PROCESS_COUNT", "FUNCTIONS_WORKER_RUNTIME",
        "FUNCTIONS_WORKER_RUNTIME_VERSION", "SCM_DO_BUILD_DURING_DEPLOYMENT", "TZ", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTOVERVNET", "WEBSITE_CONTENTSHARE",
        "WEBSITE_DNS_SERVER", "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT", "WEBSITE_NODE_DEFAULT_VERSION", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_SKIP_CONTENTSHARE_VALIDATION", "WEBSITE_TIME_ZONE",
        "WEBSITE_VNET_ROUTE_ALL", "XDT_MicrosoftApplicationInsights_Mode",
    ];

    [Fact]
    public void App_Deployed_IsFlexConsumptionWithTheIsolatedRuntimeOfTheProjects()
    {
        var app = Deployment.Dev.Single("Microsoft.Web/sites");
        var plan = Deployment.Dev.Single("Microsoft.Web/serverfarms");
        var framework = typeof(Core.DroptuneJson).Assembly.GetCustomAttributes(typeof(System.Runtime.Versioning.TargetFrameworkAttribute), false)
            .Cast<System.Runtime.Versioning.TargetFrameworkAttribute>().Single().FrameworkName;

        Assert.Equal("FC1", plan.Json.GetProperty("sku").GetProperty("name").GetString());
        Assert.Equal("dotnet-isolated", app["functionAppConfig", "runtime", "name"].GetString());
        Assert.EndsWith($"=v{app["functionAppConfig", "runtime", "version"].GetString()}", framework, StringComparison.Ordinal);
    }

    [Fact]
    public void App_Deployed_SignsInWithEntraIdOnly()
    {
        var app = Deployment.Dev.Single("Microsoft.Web/sites");

        Assert.True(app["httpsOnly"].GetBoolean());
        Assert.Equal("UserAssignedIdentity", app["functionAppConfig", "deployment", "storage", "authentication", "type"].GetString());
        Assert.Equal(2, Deployment.Dev.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count());
        Assert.All(
            Deployment.Dev.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
            policy => Assert.False(policy["allow"].GetBoolean()));
    }

    [Fact]
    public void App_Deployed_HasNothingThatFlexConsumptionForbids()
    {
        var app = Deployment.Dev.Single("Microsoft.Web/sites");

        var properties = app.Json.GetProperty("properties").EnumerateObject().Concat(app["siteConfig"].EnumerateObject()).Select(property => property.Name);

        Assert.Empty(properties.Intersect(ForbiddenProperties, StringComparer.OrdinalIgnoreCase));
        Assert.Empty(SettingsTests.FunctionSettings(Deployment.Dev).Keys.Intersect(ForbiddenSettings, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void Stages_DevAndProd_DifferInMemoryConcurrencyAndWarmInstances()
    {
        Assert.Equal((2048, 32, ""), Scale(Deployment.Dev));
        Assert.Equal((4096, 16, "http 1, blob 1"), Scale(Deployment.Prod));
    }

    [Fact]
    public void Network_Private_IsJoinedAndOtherwiseNot()
    {
        Assert.Equal("Microsoft.App/environments", Subnet("functions")["delegations", 0, "properties", "serviceName"].GetString());
        Assert.Equal("Microsoft.App/environments", Subnet("training")["delegations", 0, "properties", "serviceName"].GetString());
        Assert.Equal(
            ["10.90.0.0/25", "10.90.1.0/24", "10.90.2.0/27"],
            Deployment.Private.OfType("Microsoft.Network/virtualNetworks/subnets").Select(subnet => subnet["addressPrefix"].GetString()));
        Assert.Empty(Deployment.Dev.OfType("Microsoft.Network/virtualNetworks"));

        static ArmResource Subnet(string name) =>
            Deployment.Private.OfType("Microsoft.Network/virtualNetworks/subnets").Single(subnet => subnet.OwnName == name);
    }

    private static (int MemoryMb, int Concurrency, string Warm) Scale(Deployment deployment)
    {
        var scale = deployment.Single("Microsoft.Web/sites")["functionAppConfig", "scaleAndConcurrency"];
        return (
            scale.GetProperty("instanceMemoryMB").GetInt32(),
            scale.GetProperty("triggers").GetProperty("http").GetProperty("perInstanceConcurrency").GetInt32(),
            string.Join(", ", scale.GetProperty("alwaysReady").EnumerateArray()
                .Select(group => $"{group.GetProperty("name").GetString()} {group.GetProperty("instanceCount").GetInt32()}")));
    }
}
