using Droptune.Functions.Http;

namespace Droptune.Functions.Ingestion;

/// <summary>Shows the datasets and what was found in them.</summary>
public sealed class Datasets(DatasetStore datasets, Answers answers)
{
    [Function("ListDatasets")]
    public Task<IActionResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "datasets")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
            (await datasets.ListAsync(cancellationToken)).Select(record => DatasetView.Of(record)).ToList());

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
            return DatasetView.Of(record, record.Report is null ? null : await datasets.ReportAsync(record.Report, cancellationToken));
        });
}

/// <summary>A dataset as of its last validation.</summary>
public sealed record DatasetView
{
    public required string Dataset { get; init; }

    public required DatasetState State { get; init; }

    public string? Version { get; init; }

    /// <summary>The version that was accepted last.</summary>
    public string? AcceptedVersion { get; init; }

    public TaskKind? Task { get; init; }

    public SplitCounts? Counts { get; init; }

    public long? Errors { get; init; }

    public long? Warnings { get; init; }

    /// <summary>Why nothing could be validated.</summary>
    public string? Problem { get; init; }

    /// <summary>The training run of the accepted version.</summary>
    public string? RunId { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }

    public DateTimeOffset? ValidatedAt { get; init; }

    /// <summary>Where the report is in the container reports, as .json and .md.</summary>
    public string? Report { get; init; }

    /// <summary>Labels of whole texts; of a single dataset only.</summary>
    public IReadOnlyList<string>? TextLabels { get; init; }

    /// <summary>Labels of entities; of a single dataset only.</summary>
    public IReadOnlyList<string>? EntityLabels { get; init; }

    /// <summary>All findings counted by code; of a single dataset only.</summary>
    public IReadOnlyList<FindingTotal>? Totals { get; init; }

    /// <summary>The first findings of each code with their place; of a single dataset only.</summary>
    public IReadOnlyList<Finding>? Findings { get; init; }

    public static DatasetView Of(DatasetRecord record, DatasetReport? report = null) => new()
    {
        Dataset = record.Dataset,
        State = record.State,
        Version = record.Version,
        AcceptedVersion = record.AcceptedVersion,
        Task = record.Task,
        Counts = record.Counts,
        Errors = record.Errors,
        Warnings = record.Warnings,
        Problem = record.Problem,
        RunId = record.RunId,
        ChangedAt = record.ChangedAt,
        ValidatedAt = record.ValidatedAt,
        Report = record.Report,
        TextLabels = report?.TextLabels,
        EntityLabels = report?.EntityLabels,
        Totals = report?.Totals,
        Findings = report?.Findings,
    };
}
