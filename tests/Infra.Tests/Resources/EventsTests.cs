using Droptune.Core.Storage;

namespace Droptune.Infra.Tests.Resources;

public class EventsTests
{
    private static readonly ArmResource Subscription = Deployment.Events.Single("Microsoft.EventGrid/systemTopics/eventSubscriptions");

    [Fact]
    public void Subscription_Deployed_CallsAFunctionThatABlobOfDatasetsTriggers()
    {
        var address = Subscription["destination", "properties", "endpointUrl"].GetString()!;
        var function = address[(address.IndexOf("Host.Functions.", StringComparison.Ordinal) + "Host.Functions.".Length)..].Split('&', '\'', ',', '{')[0];
        // The template is an expression: format('…Host.Functions.{1}&code={2}', …, 'IngestDataset', …).
        var named = Functions().Where(name => address.Contains($"'{name}'", StringComparison.Ordinal) || function == name).ToList();

        Assert.Contains("/runtime/webhooks/blobs", address, StringComparison.Ordinal);
        Assert.Contains("systemKeys.blobs_extension", address, StringComparison.Ordinal);
        Assert.Equal(["IngestDataset"], named);
    }

    [Fact]
    public void Subscription_Deployed_HearsOfCreatedBlobsOfTheDropBoxOnly()
    {
        Assert.Equal($"/blobServices/default/containers/{StorageNames.Datasets}/blobs/", Subscription["filter", "subjectBeginsWith"].GetString());
        Assert.Equal(["Microsoft.Storage.BlobCreated"], Subscription["filter", "includedEventTypes"].EnumerateArray().Select(type => type.GetString()));
    }

    [Fact]
    public void DeadLetters_Deployed_GoToAContainerThatTheTopicMayWrite()
    {
        var container = Subscription["deadLetterWithResourceIdentity", "deadLetterDestination", "properties", "blobContainerName"].GetString();

        Assert.Contains(container, Deployment.Dev.OfType("Microsoft.Storage/storageAccounts/blobServices/containers").Select(each => each.OwnName));
        Assert.Contains(
            Deployment.Dev.OfType("Microsoft.Authorization/roleAssignments"),
            role => role.Id.Contains($"/containers/{container}/", StringComparison.Ordinal)
                && role["principalId"].GetString()!.Contains("outputs.principalId", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Functions() =>
        from type in typeof(Functions.Ingestion.IngestDataset).Assembly.GetTypes()
        from method in type.GetMethods()
        where method.GetParameters().Any(parameter => parameter.GetCustomAttributesData().Any(
            attribute => attribute.AttributeType.Name == "BlobTriggerAttribute"
                && attribute.ConstructorArguments[0].Value is string path && path.StartsWith($"{StorageNames.Datasets}/", StringComparison.Ordinal)))
        select method.GetCustomAttributesData().Single(attribute => attribute.AttributeType.Name == "FunctionNameAttribute")
            .ConstructorArguments[0].Value as string;
}
