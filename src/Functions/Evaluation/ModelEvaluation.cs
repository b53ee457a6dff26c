using Azure;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Evaluation;
using Droptune.Core.Forgetting;
using Droptune.Core.Inference;
using Droptune.Core.Reports;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Monitoring;
using Droptune.Functions.Serving;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Evaluation;

/// <summary>
/// Evaluates what a model serves, and its candidate on the same examples; promotes the candidate by the rules. The examples
/// are those of the newest accepted version of the dataset (an example never changes its split, so none was trained on), and
/// of the one that a version was trained on: on those, evaluations stay comparable when data is added.
/// </summary>
public sealed class ModelEvaluation(
    DroptuneStorage storage, ModelStore models, DatasetStore datasets, EvaluationStore evaluations, ForgottenTexts forgotten, ModelCache cache,
    TrafficReports traffic, ScratchSpace scratch, IOptions<PromotionSettings> promotion, TimeProvider clock, ILogger<ModelEvaluation> logger)
{
    private static readonly Split[] Splits = [Split.Dev, Split.Test];

    public async Task EvaluateAsync(string name, CancellationToken cancellationToken)
    {
        if (await models.FindAsync(name, cancellationToken) is not { } model)
        {
            logger.LogWarning("There is no model {Model} to evaluate", name);
            return;
        }

        var versions = await models.VersionsAsync(name, cancellationToken);
        var production = versions.FirstOrDefault(version => version.Version == model.Production);
        var candidate = ModelStore.Candidate(model, versions);
        if ((candidate ?? production) is not { } newest)
        {
            return;
        }

        using var folder = scratch.NewFolder();
        var datasetVersion = (await datasets.FindAsync(newest.Dataset, cancellationToken))?.AcceptedVersion ?? newest.DatasetVersion;
        if (await DownloadAsync(newest.Dataset, datasetVersion, folder.Path, (production?.DevTrained | candidate?.DevTrained) == true, cancellationToken) is not { } data)
        {
            logger.LogWarning("Model {Model} cannot be evaluated: the snapshot of its dataset {Dataset} is gone", name, newest.Dataset);
            return;
        }

        if (candidate is not null && await IsJudgedAsync(candidate, datasetVersion, model.Production, cancellationToken))
        {
            candidate = null;
        }

        var served = production is null ? null : await EvaluateAsync(production, datasetVersion, data, folder.Path, cancellationToken);
        if (candidate is not null)
        {
            var report = await EvaluateAsync(candidate, datasetVersion, data, folder.Path, cancellationToken);
            await DecideAsync(report, served, model.Production, cancellationToken);
        }

        if (served is not null)
        {
            await WatchAsync(served, cancellationToken);
            await traffic.MeasureAsync(name, cancellationToken);
        }
    }

    /// <summary>Fetches what a version is judged by of a dataset version into a folder of its own, and returns that. Null when it is gone.</summary>
    private async Task<string?> DownloadAsync(string dataset, string datasetVersion, string folder, bool isDevTrained, CancellationToken cancellationToken)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, $"{dataset}-{datasetVersion}")).FullName;
        try
        {
            foreach (var split in Splits.SelectMany(split => Evaluator.PartsOf(split, isDevTrained)))
            {
                await storage.Container(StorageNames.Snapshots)
                    .GetBlobClient(SnapshotFile.Folder(dataset, datasetVersion) + SnapshotFile.Of(split))
                    .DownloadToAsync(Path.Combine(data, SnapshotFile.Of(split)), cancellationToken);
            }

            return data;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Evaluates a version on the dataset version in <paramref name="data"/>, and on the one that it was trained on.</summary>
    private async Task<EvaluationReport> EvaluateAsync(
        ModelVersionRecord version, string datasetVersion, string data, string folder, CancellationToken cancellationToken)
    {
        using var lease = await cache.RentAsync(version.Model, version.Version, cancellationToken)
            ?? throw new InvalidOperationException($"The files of {version.Model} {version.Version} are not in '{StorageNames.Models}'.");
        var trainedOn = version.DatasetVersion == datasetVersion
            ? null
            : await DownloadAsync(version.Dataset, version.DatasetVersion, folder, version.DevTrained, cancellationToken);
        return new EvaluationReport
        {
            Model = version.Model,
            Version = version.Version,
            Artefact = lease.Model.Config.ServedFile,
            Task = lease.Model.Config.Task,
            Thresholds = lease.Model.Config.ThresholdsByName(),
            DevTrained = lease.Model.IsDevTrained,
            Dataset = version.Dataset,
            DatasetVersion = datasetVersion,
            At = clock.GetUtcNow(),
            Splits = await EvaluateAsync(version, lease.Model, data, cancellationToken),
            TrainedOn = trainedOn is null ? null : new(version.DatasetVersion, await EvaluateAsync(version, lease.Model, trainedOn, cancellationToken)),
        };
    }

    private async Task<Dictionary<Split, SplitEvaluation>> EvaluateAsync(
        ModelVersionRecord version, ServedModel model, string data, CancellationToken cancellationToken)
    {
        var evaluator = new Evaluator(model.PredictUnseenAsync, model.Config.Task, clock, model.Config.IsRunningText);
        var splits = new Dictionary<Split, SplitEvaluation>();
        foreach (var split in Splits)
        {
            using var span = Tracing.StartPrediction(null, ("model", version.Model), ("version", version.Version), ("split", split));
            var examples = Evaluator.PartsOf(split, model.IsDevTrained).SelectMany(part => SnapshotReader.Read(Path.Combine(data, SnapshotFile.Of(part))));
            splits[split] = await evaluator.EvaluateAsync(examples, cancellationToken);
        }

        return splits;
    }

    private async Task DecideAsync(EvaluationReport report, EvaluationReport? served, string? production, CancellationToken cancellationToken)
    {
        var decision = PromotionDecision.Decide(report, served, promotion.Value);
        var isPromoted = decision.Promote
            && await models.TryPromoteAsync(report.Model, report.Version, production, decision.Reason, cancellationToken);
        var comparisons = served is null ? [] : Comparison.All(report, served, "production");
        await StoreAsync(
            report with { Promotion = decision, Comparisons = comparisons }, EvaluatedRole.Candidate, production, isPromoted, isDrop: false, cancellationToken);
        logger.LogInformation(
            "Model {Model} {Version} is {Outcome}: {Reason}", report.Model, report.Version, isPromoted ? "promoted" : "not promoted", decision.Reason);
    }

    /// <summary>Whether a candidate lost already, on the same examples, to the same version and by the same rules: it would again.</summary>
    private async Task<bool> IsJudgedAsync(ModelVersionRecord candidate, string datasetVersion, string? production, CancellationToken cancellationToken) =>
        await evaluations.NewestAsync(candidate.Model, candidate.Version, cancellationToken) is { Role: EvaluatedRole.Candidate, JudgedBy: { } judged } last
        && last.DatasetVersion == datasetVersion && judged == new JudgedBy(production, promotion.Value);

    /// <summary>Compares what is served with what was served at the evaluation before.</summary>
    private async Task WatchAsync(EvaluationReport report, CancellationToken cancellationToken)
    {
        var previous = await PreviousAsync(report.Model, cancellationToken);
        var comparisons = previous is null ? [] : Comparison.All(report, previous, "previous");
        var drop = comparisons.FirstOrDefault(comparison => comparison is { IsDrop: true, Split: Split.Test });
        await StoreAsync(report with { Comparisons = comparisons }, EvaluatedRole.Production, report.Version, isPromoted: false, drop is not null, cancellationToken);
        if (drop is null)
        {
            logger.LogInformation("Model {Model} {Version} evaluated: {Scores}", report.Model, report.Version, Scores(report));
        }
        else
        {
            logger.LogWarning(
                "Model {Model} {Version} dropped on test of {Dataset} {DatasetVersion}: {Drop} against {Previous}, most in {Labels}",
                report.Model, report.Version, report.Dataset, drop.DatasetVersion, drop, drop.Version, string.Join(", ", drop.Labels.Take(5).Select(label => label.Label)));
        }
    }

    private async Task<EvaluationReport?> PreviousAsync(string model, CancellationToken cancellationToken)
    {
        var records = await evaluations.ListAsync(model, after: null, limit: 20, cancellationToken);
        if (records.FirstOrDefault(record => record.Role == EvaluatedRole.Production || record.Promoted) is not { } last)
        {
            return null;
        }

        try
        {
            var blob = storage.Container(StorageNames.Reports).GetBlobClient($"{last.Report}.json");
            return EvaluationReport.Read((await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToString());
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null; // somebody tidied up
        }
    }

    private async Task StoreAsync(
        EvaluationReport report, EvaluatedRole role, string? production, bool isPromoted, bool isDrop, CancellationToken cancellationToken)
    {
        foreach (var (split, evaluation) in report.Splits)
        {
            Measures.Evaluated(report.Model, report.Version, split, evaluation.MainScore);
        }

        if (isDrop)
        {
            Measures.Dropped(report.Model, report.Version, Split.Test);
        }

        var path = string.Create(
            CultureInfo.InvariantCulture, $"{report.Model}/{report.Version}/evaluation-{report.At.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        IReadOnlySet<ulong> known;
        do
        {
            known = await forgotten.AllAsync(cancellationToken);
            await ReportFiles.Of(report.Without(known)).StoreAsync(storage.Container(StorageNames.Reports), path, cancellationToken);
        }
        while ((await forgotten.AllAsync(cancellationToken)).Count > known.Count);

        var record = new EvaluationRecord
        {
            Model = report.Model,
            Version = report.Version,
            At = report.At,
            Role = role,
            Dataset = report.Dataset,
            DatasetVersion = report.DatasetVersion,
            Artefact = report.Artefact,
            Metrics = report.Metrics(),
            Report = path,
            JudgedBy = role == EvaluatedRole.Candidate ? new(production, promotion.Value) : null,
            Promoted = isPromoted,
            Dropped = isDrop,
        };
        await evaluations.AddAsync(record, cancellationToken);
        if (await models.FindVersionAsync(report.Model, report.Version, cancellationToken) is null)
        {
            await evaluations.DeleteAsync(record, cancellationToken); // the version was deleted meanwhile, and with it what was there
            await storage.Container(StorageNames.Reports).DeleteFolderAsync($"{path}.", cancellationToken);
        }
    }

    private static string Scores(EvaluationReport report) =>
        string.Join(", ", report.Splits.Select(split => string.Create(CultureInfo.InvariantCulture, $"{split.Key} {split.Value.MainScore:P2}")));
}
