using System.Diagnostics.CodeAnalysis;
using Droptune.Functions.Http;

namespace Droptune.Functions.Ingestion;

/// <summary>Shows the datasets and what was found in them.</summary>
public sealed class Datasets(DatasetStore datasets, Answers answers)
{
    [Function("ListDatasets")]
    public Task<IActionResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "datasets")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
            (await datasets.ListAsync(cancellationToken)).Select(record => new DatasetView(record)).ToList());

    [Function("GetDataset")]
    public Task<IActionResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "datasets/{dataset}")] HttpRequest request,
        string dataset,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            var record = await datasets.FindAsync(dataset, cancellationToken)
                ?? throw new ProblemException(
                    ProblemKinds.UnknownDataset, $"There is no dataset '{dataset}'; GET /api/datasets lists them. One that was just dropped is noticed within seconds.");
            return new DatasetView(record, record.Report is null ? null : await datasets.ReportAsync(record.Report, cancellationToken));
        });
}

/// <summary>A dataset as it is shown.</summary>
public sealed record DatasetView : DatasetSummary
{
    /// <summary>The report is shown of a single dataset only.</summary>
    [SetsRequiredMembers]
    public DatasetView(DatasetSummary summary, DatasetReport? report = null)
        : base(summary) =>
        (TextLabels, EntityLabels, Cardinality, Totals, Findings) =
            (report?.TextLabels, report?.EntityLabels, report?.Quality.Cardinality, report?.Totals, report?.Findings);

    /// <summary>Labels of whole texts.</summary>
    public IReadOnlyList<string>? TextLabels { get; }

    /// <summary>Labels of entities.</summary>
    public IReadOnlyList<string>? EntityLabels { get; }

    /// <summary>How many labels texts have, and which together, where a text can have several.</summary>
    public LabelCardinality? Cardinality { get; }

    /// <summary>All findings counted by code.</summary>
    public IReadOnlyList<FindingTotal>? Totals { get; }

    /// <summary>The first findings of each code with their place.</summary>
    public IReadOnlyList<Finding>? Findings { get; }
}
