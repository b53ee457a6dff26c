using Droptune.Core.Hub;
using Droptune.Infra.Tests.Settings;

namespace Droptune.Infra.Tests.Resources;

/// <summary>How the programs reach the model hub, and by which token.</summary>
public class HubTests
{
    /// <summary>Of the address of the secret: only Azure knows the domain of its vaults.</summary>
    private const string Token = "format('https://{0}{1}/secrets/{2}', 'kv-keys', environment().suffixes.keyvaultDns, 'hf-token')";

    [Fact]
    public void Hub_PrivateNetwork_IsSwitchedOffUnlessItIsAskedFor()
    {
        Assert.Equal(("true", "false", "true"), (Enabled(Deployment.Dev), Enabled(Deployment.Private), Enabled(Deployment.WithHub)));

        static string Enabled(Deployment deployment) => SettingsTests.FunctionSettings(deployment)["Hub__Enabled"];
    }

    [Fact]
    public void Hub_PrivateNetwork_IsReachedByAGatewayOfBothPrograms()
    {
        var gateway = Deployment.WithHub.Single("Microsoft.Network/natGateways");

        Assert.All(["functions", "training"], name => Assert.Equal(
            gateway.Id, Deployment.WithHub.OfType("Microsoft.Network/virtualNetworks/subnets").Single(subnet => subnet.OwnName == name)["natGateway", "id"].GetString()));
        Assert.Empty(Deployment.Private.OfType("Microsoft.Network/natGateways"));
    }

    [Fact]
    public void Token_Deployed_IsReadFromTheVaultWithTheIdentityOfEachProgram()
    {
        var app = Deployment.WithHub.Single("Microsoft.Web/sites");
        var secret = Assert.Single(Deployment.WithHub.Single("Microsoft.App/jobs")["configuration", "secrets"].EnumerateArray());

        Assert.Equal($"[format('@Microsoft.KeyVault(SecretUri={{0}})', {Token})]", SettingsTests.FunctionSettings(Deployment.WithHub)[HubOptions.TokenName]);
        Assert.Contains("outputs.functions", app["keyVaultReferenceIdentity"].GetString(), StringComparison.Ordinal);
        Assert.Equal($"[{Token}]", secret.GetProperty("keyVaultUrl").GetString());
        Assert.Contains("outputs.training", secret.GetProperty("identity").GetString(), StringComparison.Ordinal);
        Assert.Equal(secret.GetProperty("name").GetString(), SettingsTests.JobSettings(Deployment.WithHub)[HubOptions.TokenName]);
    }

    [Fact]
    public void Token_Deployed_MayBeReadByTheProgramsAndNothingElseOfTheVault()
    {
        var grants = Deployment.WithHub.OfType("Microsoft.Authorization/roleAssignments").Where(grant => grant.Id.Contains("Microsoft.KeyVault", StringComparison.Ordinal)).ToList();

        Assert.Equal(2, grants.Count);
        Assert.All(grants, grant =>
        {
            Assert.StartsWith("/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/keys/", grant.Id, StringComparison.Ordinal);
            Assert.Contains("/vaults/kv-keys/secrets/hf-token/", grant.Id, StringComparison.Ordinal);
            Assert.EndsWith("4633458b-17de-408a-b874-0445c86b69e6", grant["roleDefinitionId"].GetString(), StringComparison.Ordinal); // Key Vault Secrets User
        });
    }

    [Fact]
    public void Token_NoneIsNamed_IsNoSetting()
    {
        Assert.DoesNotContain(HubOptions.TokenName, SettingsTests.FunctionSettings(Deployment.Dev).Keys);
        Assert.DoesNotContain(HubOptions.TokenName, SettingsTests.JobSettings(Deployment.Dev).Keys);
        Assert.Empty(Deployment.Dev.Single("Microsoft.App/jobs")["configuration", "secrets"].EnumerateArray());
    }
}
