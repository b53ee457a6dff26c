using Droptune.Functions.Ingestion;

namespace Droptune.Functions.Tests.Training;

/// <summary>As which tasks a dataset can be learnt: its own, and a joint one as either of its parts.</summary>
[Collection(nameof(SharedHost))]
public sealed class RunTasksTests(LocalHostFixture host)
{
    private const string Labels = "\"label\":\"book\"";
    private const string Lists = "\"labels\":[\"book\",\"ask\"]";
    private const string Entities = "\"entities\":[{\"start\":0,\"end\":4,\"label\":\"word\"}]";

    [Theory]
    [InlineData("t-text", "", Labels, "text-classification", "text-classification", "")]
    [InlineData("t-multi", "\"task\":\"multi-label-classification\",", Lists, "multi-label-classification", "multi-label-classification", "")]
    [InlineData("t-token", "", Entities, "token-classification", "token-classification", "")]
    [InlineData("t-joint", "", Labels + "," + Entities, "joint", "joint, text-classification, token-classification", ", and its texts have one label each")]
    [InlineData("t-several", "\"multiLabel\":true,", Lists + "," + Entities, "joint", "joint, multi-label-classification, token-classification", ", and its texts can have several labels")]
    public async Task StartRun_EachTask_IsQueuedIfTheDatasetHasWhatItNeeds(string dataset, string manifest, string annotation, string isFor, string learnable, string labels)
    {
        await AcceptAsync(dataset, manifest, annotation);
        var found = await host.Http.GetAsync($"datasets/{dataset}", TestContext.Current.CancellationToken).OkAsync();
        Assert.Equal(isFor, found.Text("task"));

        foreach (var task in new[] { "text-classification", "multi-label-classification", "token-classification", "joint" })
        {
            var answer = host.PostAsync("runs", $$"""{"model":"{{dataset}}-model","dataset":{"name":"{{dataset}}"},"task":"{{task}}"}""");
            if (learnable.Split(", ").Contains(task))
            {
                var run = await answer.OkAsync();
                Assert.Equal((task, "Queued"), (run.GetProperty("spec").Text("task"), run.Text("state")));
            }
            else
            {
                var problem = await answer.ProblemAsync(422, "invalid-value");
                Assert.Equal(($"The dataset cannot be learnt as {task}: it is for {isFor}{labels}.", "$.task"), (problem.Text("detail"), problem.Text("path")));
            }
        }
    }

    [Fact]
    public async Task StartRun_NoTask_IsThatOfTheDataset()
    {
        await AcceptAsync("t-default", "\"multiLabel\":true,", Lists + "," + Entities);

        var run = await host.PostAsync("runs", """{"model":"t-default-model","dataset":{"name":"t-default"}}""").OkAsync();

        Assert.Equal("joint", run.GetProperty("spec").Text("task"));
    }

    /// <summary>Drops texts of which every other is annotated otherwise.</summary>
    private async Task AcceptAsync(string dataset, string manifest, string annotation)
    {
        var lines = Enumerable.Range(0, 40).Select(i => $$"""{"text":"text {{i}}",{{(i % 2 == 0 ? annotation : annotation.Replace("book", "refund", StringComparison.Ordinal))}}}""");
        await host.DropAsync($"{dataset}/dataset.json", "{" + manifest + "\"train\":false}");
        await host.DropAsync($"{dataset}/train.jsonl", string.Join('\n', lines));
        await Wait.UntilAsync(async () => await host.Get<DatasetStore>().FindAsync(dataset, TestContext.Current.CancellationToken) is { State: DatasetState.Accepted });
    }
}
