using Droptune.Core.Hub;
using Droptune.Functions.Http;
using Droptune.Functions.Ingestion;

namespace Droptune.Functions.Training;

/// <summary>A job spec without id, in which everything but the dataset's name may be left out.</summary>
public sealed record RunRequest
{
    /// <summary>Default: the dataset's name.</summary>
    public string? Model { get; init; }

    /// <summary>Default: the first base model of the account, where it holds none the built-in one if the dataset's check found that it fits, else scratch.</summary>
    public BaseModel? Base { get; init; }

    public required RunDataset Dataset { get; init; }

    /// <summary>Default: what the dataset is for.</summary>
    public TaskKind? Task { get; init; }

    public Optimisation? Optimisation { get; init; }
}

/// <summary>A dataset's snapshot; without a version the one that was accepted last.</summary>
public sealed record RunDataset(string Name, string? Version = null);

/// <summary>Makes job specs of requests, and refuses what no worker could run.</summary>
public sealed class RunRequests(DatasetStore datasets, BaseModels baseModels, ScratchSpace scratch)
{
    public async Task<JobSpec> ToSpecAsync(RunRequest request, CancellationToken cancellationToken)
    {
        Check("$.model", request.Model is { } model ? ResourceName.Problem(model) : null);
        Check("$.dataset.name", ResourceName.Problem(request.Dataset.Name));
        var report = await ReportAsync(request.Dataset, cancellationToken);
        var task = request.Task ?? report.Task!.Value;
        Check("$.task", Hindrance(task, report));
        var known = await baseModels.ListAsync(cancellationToken);
        var optimisation = request.Optimisation ?? new();
        var baseModel = request.Base is { } asked ? await FindAsync(asked, known, cancellationToken) : new BaseModel { Name = Default(known, report, optimisation) };
        var spec = new JobSpec
        {
            Model = request.Model ?? request.Dataset.Name,
            Base = baseModel,
            Dataset = new(request.Dataset.Name, report.Version),
            Task = task,
            Optimisation = optimisation,
        };
        Check("$", JobSpecRules.Problems(spec) is { Count: > 0 } problems ? string.Join("; ", problems) + "." : null);
        return spec;
    }

    /// <summary>The base model that is asked for, one of the hub with its commit: it is a part of what the run is.</summary>
    private async Task<BaseModel> FindAsync(BaseModel asked, IReadOnlyList<string> known, CancellationToken cancellationToken)
    {
        var usable = known.Union([BaseModel.BuiltIn, BaseModel.Scratch]).ToList();
        if (HubName.OfFolder(asked.Name) is null && (usable.Contains(asked.Name) || HubName.Parse(asked.Name) is null))
        {
            Check("$.base.name", usable.Contains(asked.Name)
                ? null
                : $"There is no base model '{asked.Name}': use one of {string.Join(", ", usable)}, or a model of the hub (org/name).");
            return asked;
        }

        try
        {
            using var folder = scratch.NewFolder();
            return asked with { Name = (await baseModels.DownloadTokenizerAsync(asked.Name, folder.Path, cancellationToken))!.Name };
        }
        catch (Exception e) when (e is HubException or InvalidDataException)
        {
            throw new ProblemException(ProblemKinds.InvalidValue, e.Message) { Place = new(null, null, "$.base.name") };
        }
    }

    /// <summary>The first base model of the account; where it has none, what the dataset's check found to fit, if it can be trained so.</summary>
    private static string Default(IReadOnlyList<string> known, DatasetReport dataset, Optimisation how) =>
        how.WantsOwnVocabulary() ? BaseModel.Scratch
        : BaseModels.First(known) is { } first ? first
        : dataset.Base?.Name == BaseModel.BuiltIn ? dataset.StartOf(how).Name
        : BaseModel.Scratch;

    /// <summary>Why a dataset cannot be learnt as a task: it is for another one, and not for a joint one that has what it needs. Null = it can.</summary>
    private static string? Hindrance(TaskKind task, DatasetReport dataset)
    {
        var (isFor, hasSeveral) = (dataset.Task!.Value, dataset.Manifest.HasSeveralLabels());
        if (task == isFor || (isFor == TaskKind.Joint && task != (hasSeveral ? TaskKind.TextClassification : TaskKind.MultiLabelClassification)))
        {
            return null;
        }

        var labels = isFor != TaskKind.Joint ? "" : hasSeveral ? ", and its texts can have several labels" : ", and its texts have one label each";
        return $"The dataset cannot be learnt as {DroptuneJson.Word(task)}: it is for {DroptuneJson.Word(isFor)}{labels}.";
    }

    private async Task<DatasetReport> ReportAsync(RunDataset dataset, CancellationToken cancellationToken)
    {
        var version = dataset.Version
            ?? (await datasets.FindAsync(dataset.Name, cancellationToken))?.AcceptedVersion
            ?? throw new ProblemException(ProblemKinds.UnknownDataset, $"There is no accepted dataset '{dataset.Name}'; GET /api/datasets lists them.");
        return DatasetReference.IsVersion(version)
            && await datasets.ReportAsync(DatasetStore.ReportPlace(dataset.Name, version), cancellationToken) is { Accepted: true } report
            ? report
            : throw new ProblemException(ProblemKinds.UnknownVersion, $"Dataset '{dataset.Name}' has no accepted version '{version}'.");
    }

    private static void Check(string path, string? problem)
    {
        if (problem is not null)
        {
            throw new ProblemException(ProblemKinds.InvalidValue, problem) { Place = new(null, null, path) };
        }
    }
}
