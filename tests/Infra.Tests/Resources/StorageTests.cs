using Droptune.Core.Storage;

namespace Droptune.Infra.Tests.Resources;

public class StorageTests
{
    private const string Blobs = "Microsoft.Storage/storageAccounts/blobServices";

    [Fact]
    public void Containers_Deployed_AreThoseOfTheCodeAndTwoOfThePlatform()
    {
        var names = Deployment.Dev.OfType($"{Blobs}/containers").Select(container => container.OwnName);

        Assert.Equal([.. StorageNames.Containers, "app-package", "event-dead-letters"], names);
    }

    [Fact]
    public void Queues_Deployed_AreThoseOfTheCodeEachWithItsPoisonQueue()
    {
        var names = Deployment.Dev.OfType("Microsoft.Storage/storageAccounts/queueServices/queues").Select(queue => queue.OwnName);

        Assert.Equal([.. StorageNames.Queues, .. StorageNames.Queues.Select(queue => queue + StorageNames.PoisonSuffix)], names);
    }

    [Fact]
    public void Tables_Deployed_AreThoseOfTheCode()
    {
        var names = Deployment.Dev.OfType("Microsoft.Storage/storageAccounts/tableServices/tables").Select(table => table.OwnName);

        Assert.Equal(StorageNames.Tables, names);
    }

    [Fact]
    public void Account_Deployed_AcceptsEntraIdOnly()
    {
        var account = Deployment.Dev.Single("Microsoft.Storage/storageAccounts");

        Assert.False(account["allowSharedKeyAccess"].GetBoolean());
        Assert.False(account["allowBlobPublicAccess"].GetBoolean());
        Assert.True(account["supportsHttpsTrafficOnly"].GetBoolean());
        Assert.Equal("TLS1_2", account["minimumTlsVersion"].GetString());
        Assert.All(Deployment.Dev.OfType($"{Blobs}/containers"), container => Assert.Equal("None", container["publicAccess"].GetString()));
    }

    [Fact]
    public void Datasets_Deployed_CanBeBroughtBack()
    {
        var service = Deployment.Prod.Single(Blobs);

        Assert.True(service["isVersioningEnabled"].GetBoolean());
        Assert.True(service["deleteRetentionPolicy", "enabled"].GetBoolean());
        Assert.Equal(30, service["deleteRetentionPolicy", "days"].GetInt32());
        Assert.True(service["lastAccessTimeTrackingPolicy", "enable"].GetBoolean()); // the rule for snapshots needs it
    }

    [Fact]
    public void Lifecycle_EachRule_DeletesInAKnownContainerAndNoDatasetOrModel()
    {
        string[] containers = [.. Deployment.Dev.OfType($"{Blobs}/containers").Select(container => container.OwnName)];
        var rules = Deployment.Dev.Single("Microsoft.Storage/storageAccounts/managementPolicies")["policy", "rules"].EnumerateArray();

        Assert.All(rules, rule =>
        {
            var filters = rule.GetProperty("definition").GetProperty("filters");
            var places = filters.GetProperty("prefixMatch").EnumerateArray().Select(prefix => prefix.GetString()!.TrimEnd('/')).ToList();
            Assert.All(places, place => Assert.Contains(place, containers));
            if (rule.GetProperty("definition").GetProperty("actions").TryGetProperty("baseBlob", out _))
            {
                Assert.DoesNotContain(StorageNames.Datasets, places);
                Assert.True(!places.Contains(StorageNames.Models) || filters.TryGetProperty("blobIndexMatch", out _));
            }
        });
    }

    [Fact]
    public void Lifecycle_Checkpoints_AreFoundByTheTagThatTheWorkerSets()
    {
        var rule = Deployment.Dev.Single("Microsoft.Storage/storageAccounts/managementPolicies")["policy", "rules"].EnumerateArray()
            .Single(rule => rule.GetProperty("name").GetString() == "left-checkpoints");
        var tag = rule.GetProperty("definition").GetProperty("filters").GetProperty("blobIndexMatch")[0];

        Assert.Equal(StorageNames.CheckpointTag, tag.GetProperty("name").GetString());
        Assert.Equal(StorageNames.CheckpointTagValue, tag.GetProperty("value").GetString());
    }

    [Fact]
    public void PrivateNetworking_On_ClosesStorageAndRegistryAndOpensAnEndpointForEach()
    {
        var account = Deployment.Private.Single("Microsoft.Storage/storageAccounts");
        var registry = Deployment.Private.Single("Microsoft.ContainerRegistry/registries");
        var endpoints = Deployment.Private.OfType("Microsoft.Network/privateEndpoints")
            .Select(endpoint => endpoint["privateLinkServiceConnections", 0, "properties", "groupIds", 0].GetString());

        Assert.Equal("Disabled", account["publicNetworkAccess"].GetString());
        Assert.Equal("Disabled", registry["publicNetworkAccess"].GetString());
        Assert.Equal(["blob", "queue", "table", "registry"], endpoints);
        Assert.Empty(Deployment.Dev.OfType("Microsoft.Network/privateEndpoints"));
    }
}
