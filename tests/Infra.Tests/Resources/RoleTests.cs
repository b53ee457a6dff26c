using System.Text.RegularExpressions;

namespace Droptune.Infra.Tests.Resources;

public partial class RoleTests
{
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["7f951dda-4ed3-4680-a7ca-43fe172d538d"] = "AcrPull",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"] = "Storage Blob Data Reader",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"] = "Storage Queue Data Message Sender",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
    };

    /// <summary>Reviewed: change it only together with the reason in roles.bicep.</summary>
    private static readonly string[] Reviewed =
    [
        "functions: Monitoring Metrics Publisher on Insights/components",
        "functions: Storage Blob Data Owner on Storage/storageAccounts",
        "functions: Storage Queue Data Contributor on Storage/storageAccounts",
        "functions: Storage Table Data Contributor on Storage/storageAccounts",
        "operator: Storage Blob Data Contributor on containers/base-models",
        "operator: Storage Blob Data Contributor on containers/datasets",
        "operator: Storage Blob Data Contributor on containers/feedback",
        "operator: Storage Blob Data Reader on containers/models",
        "operator: Storage Blob Data Reader on containers/reports",
        "operator: Storage Blob Data Reader on containers/uncertain",
        "topic: Storage Blob Data Contributor on containers/event-dead-letters",
        "training: AcrPull on ContainerRegistry/registries",
        "training: Monitoring Metrics Publisher on Insights/components",
        "training: Storage Blob Data Contributor on containers/base-models",
        "training: Storage Blob Data Owner on containers/models",
        "training: Storage Blob Data Reader on containers/snapshots",
        "training: Storage Queue Data Contributor on queues/training-jobs",
        "training: Storage Queue Data Message Sender on queues/evaluation-requests",
        "training: Storage Queue Data Message Sender on queues/training-jobs-poison",
        "training: Storage Table Data Contributor on tables/Models",
        "training: Storage Table Data Contributor on tables/Runs",
    ];

    public static TheoryData<string> Deployments => [.. Deployment.All.Keys];

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Assignments_Deployed_AreTheReviewedOnes(string deployment)
    {
        var assignments = Deployment.All[deployment].OfType("Microsoft.Authorization/roleAssignments").Select(Describe);

        Assert.Equal(Reviewed, assignments.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Assignments_Deployed_EachHasAReason() =>
        Assert.All(
            Deployment.Dev.OfType("Microsoft.Authorization/roleAssignments"),
            assignment => Assert.True(assignment["description"].GetString()!.Length is > 20 and < 512));

    private static string Describe(ArmResource assignment)
    {
        var role = Roles[assignment["roleDefinitionId"].GetString()![^36..]];
        var principal = assignment["principalId"].GetString()!;
        var who = principal switch
        {
            _ when principal.Contains("deployer()", StringComparison.Ordinal) => "operator",
            _ when principal.Contains(".outputs.functions.value.principalId", StringComparison.Ordinal) => "functions",
            _ when principal.Contains(".outputs.training.value.principalId", StringComparison.Ordinal) => "training",
            _ when principal.Contains(".outputs.principalId.value", StringComparison.Ordinal) => "topic",
            _ => principal,
        };
        return $"{who}: {role} on {Scope().Match(assignment.Id).Value}";
    }

    // The narrowest thing that the id names: a container, queue or table, else the resource itself.
    [GeneratedRegex(@"(?:containers|queues|tables)/[\w-]+|(?<=providers/Microsoft\.)\w+/\w+(?!.*/(?:containers|queues|tables)/)")]
    private static partial Regex Scope();
}
