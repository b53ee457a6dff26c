using System.Text.RegularExpressions;

namespace Droptune.Infra.Tests.Resources;

public class NameTests
{
    /// <summary>Azure's rules for names (learn.microsoft.com, "Naming rules and restrictions for Azure resources").</summary>
    public static TheoryData<string, string> Rules => new()
    {
        { "Microsoft.Resources/resourceGroups", @"^[\w.()-]{0,89}[\w()-]$" },
        { "Microsoft.Storage/storageAccounts", "^[a-z0-9]{3,24}$" },
        { "Microsoft.Storage/storageAccounts/blobServices/containers", "^[a-z0-9](?:-?[a-z0-9]){2,62}$" },
        { "Microsoft.Storage/storageAccounts/queueServices/queues", "^[a-z0-9](?:-?[a-z0-9]){2,62}$" },
        { "Microsoft.Storage/storageAccounts/tableServices/tables", "^[A-Za-z][A-Za-z0-9]{2,62}$" },
        { "Microsoft.ContainerRegistry/registries", "^[a-zA-Z0-9]{5,50}$" },
        { "Microsoft.Web/sites", "^[a-zA-Z0-9][a-zA-Z0-9-]{0,58}[a-zA-Z0-9]$" },
        { "Microsoft.Web/serverfarms", "^[a-zA-Z0-9-]{1,60}$" },
        { "Microsoft.App/managedEnvironments", "^[a-z][a-z0-9-]{0,58}[a-z0-9]$" },
        { "Microsoft.App/jobs", "^[a-z][a-z0-9-]{0,30}[a-z0-9]$" },
        { "Microsoft.ManagedIdentity/userAssignedIdentities", "^[a-zA-Z0-9][\\w-]{2,127}$" },
        { "Microsoft.OperationalInsights/workspaces", "^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$" },
        { "Microsoft.Insights/components", "^[^%&\\\\?/]{1,259}[^%&\\\\?/. ]$" },
        { "Microsoft.Insights/actionGroups", "^[^:<>+/&%\\\\?|]{1,259}$" },
        { "Microsoft.Insights/scheduledQueryRules", "^[^*<>%{}&:\\\\?/#|]{1,259}$" },
        { "Microsoft.Insights/metricAlerts", "^[^*#&+:<>?@%{}\\\\/|]{1,259}$" },
        { "Microsoft.Insights/workbooks", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" },
        { "Microsoft.EventGrid/systemTopics", "^[a-zA-Z0-9-]{3,50}$" },
        { "Microsoft.Network/virtualNetworks", "^[a-zA-Z0-9][\\w.-]{0,62}\\w$" },
        { "Microsoft.Network/virtualNetworks/subnets", "^[a-zA-Z0-9][\\w.-]{0,78}\\w$" },
        { "Microsoft.Network/privateEndpoints", "^[a-zA-Z0-9][\\w.-]{0,62}\\w$" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Names_LongestEnvironmentName_AreWithinAzuresLimits(string type, string rule)
    {
        var names = Deployment.LongNamed.OfType(type).Select(resource => resource.OwnName).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Matches(new Regex(rule, RegexOptions.ECMAScript), name));
    }

    [Fact]
    public void Names_TwoEnvironments_DifferWhereAzureWantsThemUniqueInTheWorld()
    {
        string[] global = ["Microsoft.Storage/storageAccounts", "Microsoft.ContainerRegistry/registries", "Microsoft.Web/sites"];

        Assert.All(global, type => Assert.NotEqual(Deployment.Dev.Single(type).Name, Deployment.LongNamed.Single(type).Name));
    }

    [Fact]
    public void ActionGroup_ShortName_HasAtMostTwelveCharacters() =>
        Assert.InRange(Deployment.Dev.Single("Microsoft.Insights/actionGroups")["groupShortName"].GetString()!.Length, 1, 12);
}
