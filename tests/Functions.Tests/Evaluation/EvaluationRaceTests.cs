using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Evaluation;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Monitoring;
using Droptune.Functions.Retention;
using Droptune.Functions.Serving;
using Droptune.Functions.Tests.Retention;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Tests.Evaluation;

/// <summary>A version that is deleted while it is evaluated: nothing of its evaluation stays.</summary>
[Collection(nameof(SharedHost))]
public sealed class EvaluationRaceTests(LocalHostFixture host)
{
    private const string Candidate = "ba9876543210";

    private readonly Interruption _interruption = new();

    [Theory]
    [InlineData("e-race-report", "/evaluation-", ".html")] // before its report is stored
    [InlineData("e-race-json", "/evaluation-", ".json")]
    [InlineData("e-race-row", "Evaluations(PartitionKey='e-race-row'", Candidate)] // before its record
    [InlineData("e-race-copy", "Evaluations(PartitionKey='-newest'", Candidate)] // before the copy of that among all
    [InlineData("e-race-last", "Models(PartitionKey='e-race-last'", Candidate)] // before the last look whether it is still there
    public async Task Evaluate_CandidateIsDeletedMeanwhile_LeavesNothing(string model, params string[] parts)
    {
        await ArrangeAsync(model);
        var isDeleted = DeleteBefore(model, request => parts.All(part => request.Uri.ToString().Contains(part, StringComparison.Ordinal)));

        await NewEvaluation().EvaluateAsync(model, Cancellation);

        Assert.True(isDeleted());
        await AssertOnlyProductionAsync(model);
    }

    /// <summary>An evaluation copies the one before it, too, in case that has no copy.</summary>
    [Fact]
    public async Task Evaluate_CandidateOfTheEvaluationBeforeIsDeletedMeanwhile_LeavesNothing()
    {
        const string model = "e-race-before";
        await ArrangeAsync(model);
        var evaluation = NewEvaluation();
        await evaluation.EvaluateAsync(model, Cancellation);
        Assert.Contains(await RowsAsync(model), row => row.Contains(Candidate, StringComparison.Ordinal));
        var isDeleted = DeleteBefore(model, request => request.Uri.ToString().Contains("Evaluations(PartitionKey='-newest'", StringComparison.Ordinal)
            && request.Uri.ToString().Contains(Candidate, StringComparison.Ordinal));

        await evaluation.EvaluateAsync(model, Cancellation);

        Assert.True(isDeleted());
        await AssertOnlyProductionAsync(model);
    }

    private async Task ArrangeAsync(string model)
    {
        await host.DropAsync($"{model}/dataset.json", """{"train":false}""");
        await host.DropAsync($"{model}/train.conll", Some.Conll(60));
        var dataset = await Wait.UntilAsync(async () =>
            await host.Get<DatasetStore>().FindAsync(model, Cancellation) is { State: DatasetState.Accepted } record ? record : null);
        await host.AddModelAsync(model, dataset: model, datasetVersion: dataset.Version!);
        await host.AddModelAsync(model, Candidate, isServed: false, dataset: model, datasetVersion: dataset.Version!);
    }

    /// <summary>Deletes the candidate before a request; the answer tells whether that came to pass.</summary>
    private Func<bool> DeleteBefore(string model, Func<Request, bool> isIt)
    {
        var isDeleted = false;
        _interruption.Before(isIt, async () =>
        {
            var deletion = await host.Get<Deletions>().OfVersionAsync(model, Candidate, Cancellation);
            await deletion!.DeleteAsync(Cancellation);
            isDeleted = true;
        });
        return () => isDeleted;
    }

    private ModelEvaluation NewEvaluation()
    {
        var storage = _interruption.Storage(host.Connection);
        return new(
            storage, new(storage, TimeProvider.System), host.Get<DatasetStore>(), new(storage), host.Get<ForgottenTexts>(), host.Get<ModelCache>(), host.Get<TrafficReports>(),
            host.Get<ScratchSpace>(), host.Get<IOptions<PromotionSettings>>(), TimeProvider.System, NullLogger<ModelEvaluation>.Instance);
    }

    private async Task AssertOnlyProductionAsync(string model)
    {
        var rows = await RowsAsync(model);
        Assert.Contains(rows, row => row.Contains(TestModel.Version, StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => row.Contains(Candidate, StringComparison.Ordinal));
        var reports = await host.Get<DroptuneStorage>().Container(StorageNames.Reports).GetBlobsAsync(new GetBlobsOptions { Prefix = $"{model}/" }, Cancellation)
            .Select(blob => blob.Name).ToListAsync(Cancellation);
        Assert.Contains(reports, name => name.StartsWith($"{model}/{TestModel.Version}/evaluation-", StringComparison.Ordinal));
        Assert.DoesNotContain(reports, name => name.Contains(Candidate, StringComparison.Ordinal));
        Assert.Null(await host.Get<ModelStore>().FindVersionAsync(model, Candidate, Cancellation));
    }

    /// <summary>The rows of a model's evaluations, and of their copies among all.</summary>
    private async Task<List<string>> RowsAsync(string model) =>
        await host.Get<DroptuneStorage>().Table(StorageNames.EvaluationsTable).QueryAsync<TableEntity>(cancellationToken: Cancellation)
            .Where(row => row.GetString("model") == model).Select(row => $"{row.PartitionKey} {row.RowKey}").ToListAsync(Cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
