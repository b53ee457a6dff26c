using Droptune.Core.Evaluation;
using Droptune.Core.Forgetting;
using Droptune.Functions.Corrections;
using Droptune.Functions.Corrections.Folding;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Http;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Monitoring;
using Droptune.Functions.Monitoring.Uncertain;
using Droptune.Functions.Retention;
using Droptune.Functions.Serving;
using Droptune.Functions.Training;

using static Droptune.Functions.Http.ProblemKinds;

namespace Droptune.Functions.Api;

/// <summary>What an HTTP function takes and answers, beyond what its trigger says: for the OpenAPI document.</summary>
public sealed record ApiOperation(string Function, string Summary, Type Answer, params ProblemKind[] Problems)
{
    /// <summary>The <see cref="Answer"/> that is no JSON, but an archive.</summary>
    public static readonly Type Zip = typeof(VersionZip);

    private static readonly ProblemKind[] BodyProblems = [EmptyBody, InvalidUtf8, InvalidJson, SlowBody, BodyTooLarge, UnsupportedMediaType, InvalidValue];

    /// <summary>One an HTTP function.</summary>
    public static readonly IReadOnlyList<ApiOperation> All =
    [
        new("Predict", "Predict labels and entities", typeof(PredictAnswer), InvalidName, UnknownModel, UnknownVersion, NothingServed, TooManyInputs, ModelUnavailable, Overloaded)
        {
            Body = typeof(PredictRequest),
            Query = [new("version", "The version to ask; default: the production version.", typeof(string))],
        },
        new("ListModels", "List the models with their versions, those with the newest version first", typeof(ModelView[]), InvalidName, InvalidParameter)
        {
            Query = [After("model"), Limit],
        },
        new("GetModel", "Show a model with its versions", typeof(ModelView), InvalidName, UnknownModel),
        new("DownloadVersion", "Download all files of a version as one ZIP archive", Zip, InvalidName, UnknownModel, UnknownVersion),
        new("PromoteModel", "Make a version the production one, or go back to an earlier one", typeof(ModelView), InvalidName, UnknownModel, UnknownVersion)
        {
            Body = typeof(PromotionRequest),
        },
        new("GiveFeedback", "Check and keep a corrected answer for the next version of the dataset (201; 200 when it was sent before)", typeof(CorrectionAnswer), InvalidName, UnknownModel, InvalidFeedback)
        {
            Body = typeof(CorrectionRequest),
            Statuses = [StatusCodes.Status200OK, StatusCodes.Status201Created],
        },
        new("GetTraffic", "Show what a model was asked lately, and how far that is from its data", typeof(TrafficReport), InvalidName, UnknownModel),
        new("ListUncertain", "List the texts that a model was least certain of, where the setting keeps them", typeof(UncertainText[]), InvalidName, InvalidParameter, UnknownModel)
        {
            Query = [Limit],
        },
        new("ListDatasets", "List the datasets", typeof(DatasetView[])),
        new("GetDataset", "Show a dataset and what was found in it", typeof(DatasetView), UnknownDataset),
        new("GetFeedback", "Show the corrections that wait for a dataset, and those that cannot be folded", typeof(FoldReport), InvalidName, UnknownDataset),
        new("FoldFeedbackNow", "Fold the corrections that wait into the dataset", typeof(FoldReport), InvalidName, UnknownDataset),
        new("DeleteVersion", "Delete a version of a model, with all that is its own", typeof(DeletionAnswer), InvalidName, UnknownVersion, InUse, NotConfirmed) { Query = [Confirm] },
        new("DeleteModel", "Delete a model, with all that is its own", typeof(DeletionAnswer), InvalidName, UnknownModel, InUse, NotConfirmed) { Query = [Confirm] },
        new("DeleteDataset", "Delete a dataset, with all that is its own", typeof(DeletionAnswer), InvalidName, UnknownDataset, InUse, NotConfirmed) { Query = [Confirm] },
        new("ShowRetention", "Show what the retention policy would delete now, and why", typeof(RetentionPlan)),
        new("ForgetText", "Remove a text from corrections, texts to label and reports, keep it out of datasets, and list what still has it", typeof(ForgettingReport))
        {
            Body = typeof(ForgetRequest),
        },
        new("StartRun", "Start a training run; the same spec twice is one run (202 when it is queued, 200 when it is under way or done)", typeof(RunRecord), UnknownDataset, UnknownVersion)
        {
            Body = typeof(RunRequest),
            Statuses = [StatusCodes.Status200OK, StatusCodes.Status202Accepted],
        },
        new("ListRuns", "List the runs, newest first", typeof(RunRecord[]), InvalidParameter, UnknownRun)
        {
            Query = [After("run"), new("model", "Only runs of this model.", typeof(string)), new("state", "Only runs in this state.", typeof(Core.Runs.RunState)), Limit],
        },
        new("GetRun", "Show a run with its progress", typeof(RunRecord), UnknownRun),
        new("CancelRun", "Cancel a run that waits or runs", typeof(RunRecord), UnknownRun, RunIsOver),
        new("ListEvaluations", "List evaluations, newest first", typeof(EvaluationRecord[]), InvalidName, InvalidParameter, UnknownEvaluation)
        {
            Query = [new("after", "The page after this evaluation: the report of the last one of the page before.", typeof(string)), new("model", "Only evaluations of this model.", typeof(string)), Limit],
        },
        new("GetEvaluation", "Show an evaluation's report", typeof(EvaluationReport), InvalidName, UnknownEvaluation),
        new("Health", "Say whether requests can be answered", typeof(HealthAnswer))
        {
            Statuses = [StatusCodes.Status200OK, StatusCodes.Status503ServiceUnavailable],
        },
        new("OpenApi", "This document", typeof(object)),
    ];

    /// <summary>The type of the JSON body; null = none.</summary>
    public Type? Body { get; init; }

    public IReadOnlyList<ApiParameter> Query { get; init; } = [];

    /// <summary>The statuses under which <see cref="Answer"/> comes.</summary>
    public IReadOnlyList<int> Statuses { get; init; } = [StatusCodes.Status200OK];

    /// <summary>Every error answer of the operation.</summary>
    public IEnumerable<ProblemKind> AllProblems =>
        [.. Problems, UnknownParameter, .. Body is null ? [] : BodyProblems, .. Function is "Health" or "OpenApi" ? [] : new[] { StorageUnavailable, Unexpected }];

    private static ApiParameter Confirm => new("confirm", "The name of what is to be deleted; without it the answer says what goes with it.", typeof(string));

    private static ApiParameter After(string of) => new("after", $"The page after this {of}: the last one of the page before.", typeof(string));

    private static ApiParameter Limit => new("limit", "How many at most: 1 to 1000, default 100.", typeof(int));
}

/// <summary>A query parameter.</summary>
public sealed record ApiParameter(string Name, string Description, Type Type);
