namespace Droptune.Infra.Tests.Resources;

public class FunctionAppTests
{
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
    public void Stages_DevAndProd_DifferInMemoryConcurrencyAndWarmInstances()
    {
        Assert.Equal((2048, 32, 0), Scale(Deployment.Dev));
        Assert.Equal((4096, 16, 1), Scale(Deployment.Prod));
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

    private static (int MemoryMb, int Concurrency, int Warm) Scale(Deployment deployment)
    {
        var scale = deployment.Single("Microsoft.Web/sites")["functionAppConfig", "scaleAndConcurrency"];
        return (
            scale.GetProperty("instanceMemoryMB").GetInt32(),
            scale.GetProperty("triggers").GetProperty("http").GetProperty("perInstanceConcurrency").GetInt32(),
            scale.GetProperty("alwaysReady").EnumerateArray().Sum(group => group.GetProperty("instanceCount").GetInt32()));
    }
}
