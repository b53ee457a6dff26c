
namespace Droptune.Core.Storage;

/// <summary>Every container, queue and table of the storage account, named once.</summary>
public static class StorageNames
{
    /// <summary>Name of the connection setting, for bindings and configuration alike.</summary>
    public const string Connection = "Storage";

    public const string Datasets = "datasets";
    public const string Snapshots = "snapshots";
    public const string Reports = "reports";
    public const string BaseModels = "base-models";
    public const string Models = "models";
    public const string Feedback = "feedback";
    public const string Uncertain = "uncertain";

    public const string DatasetChanges = "dataset-changes";
    public const string TrainingJobs = "training-jobs";
    public const string EvaluationRequests = "evaluation-requests";
    public const string PoisonSuffix = "-poison";

    public const string RunsTable = "Runs";
    public const string ModelsTable = "Models";
    public const string EvaluationsTable = "Evaluations";
    public const string DatasetsTable = "Datasets";
    public const string TrafficTable = "Traffic";

    /// <summary>Index tag of a checkpoint: the deployment's lifecycle rule deletes those that were left behind by it.</summary>
    public const string CheckpointTag = "kind";
    public const string CheckpointTagValue = "checkpoint";

    public static readonly IReadOnlyList<string> Containers = [Datasets, Snapshots, Reports, BaseModels, Models, Feedback, Uncertain];
    public static readonly IReadOnlyList<string> Queues = [DatasetChanges, TrainingJobs, EvaluationRequests];
    public static readonly IReadOnlyList<string> Tables = [RunsTable, ModelsTable, EvaluationsTable, DatasetsTable, TrafficTable];
}
