using Droptune.Core.Evaluation;

namespace Droptune.Functions.Evaluation;

/// <summary>An evaluation of a model's version in the table <c>Evaluations</c>.</summary>
public sealed record EvaluationRecord
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What the version was at that time.</summary>
    public required EvaluatedRole Role { get; init; }

    public required string Dataset { get; init; }

    public required string DatasetVersion { get; init; }

    /// <summary>The file that was run: "model.onnx" or "model.int8.onnx".</summary>
    public string? Artefact { get; init; }

    /// <summary>Scores by split and name: "dev.f1", "test.accuracy".</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Where the report is in the container <c>reports</c>, without extension.</summary>
    public required string Report { get; init; }

    /// <summary>What a candidate was compared with, and by which rules: with the same again nothing else comes out. Null for what is served.</summary>
    public JudgedBy? JudgedBy { get; init; }

    /// <summary>The evaluation made this version the production one.</summary>
    public bool Promoted { get; init; }

    /// <summary>The production version is worse on the same examples than what was served at the evaluation before, and not by chance.</summary>
    public bool Dropped { get; init; }
}

/// <summary>The version that was served (null = none), and the rules.</summary>
public sealed record JudgedBy(string? Production, PromotionSettings Rules);

/// <summary>What an evaluated version was at the time.</summary>
public enum EvaluatedRole
{
    Production,
    Candidate,
}

/// <summary>The evaluations: those of a model in a partition of its name, and a copy of each in one of all models. Both newest first.</summary>
public sealed class EvaluationStore(DroptuneStorage storage)
{
    private const string All = "-newest"; // a partition that is no model's name
    private const int IndexedAtOnce = 16;

    private readonly RecordTable<EvaluationRecord> _evaluations = new(storage.Table(StorageNames.EvaluationsTable));
    private readonly TableUpgrade _indexing = new(storage.Table(StorageNames.EvaluationsTable), "newest");

    /// <summary>Adds an evaluation; the same one twice is one.</summary>
    public async Task AddAsync(EvaluationRecord evaluation, CancellationToken cancellationToken)
    {
        await _evaluations.ChangeAsync(evaluation.Model, Key(evaluation), existing => existing ?? evaluation, cancellationToken);
        foreach (var newest in await ListAsync(evaluation.Model, after: null, limit: 2, cancellationToken))
        {
            await CopyAsync(newest, cancellationToken); // who was killed between the two writes left the one before without its copy
        }
    }

    /// <summary>Evaluations of a model (of all when null) after one of them (null = from the first on), newest first; no more are read.</summary>
    public async Task<IReadOnlyList<EvaluationRecord>> ListAsync(string? model, EvaluationRecord? after, int limit, CancellationToken cancellationToken)
    {
        if (model is null)
        {
            await EnsureCopiedAsync(cancellationToken);
        }

        FormattableString[] filters =
        [
            $"PartitionKey eq {model ?? All}",
            .. after is null ? Array.Empty<FormattableString>() : [$"RowKey gt {(model is null ? KeyAmongAll(after) : Key(after))}"],
        ];
        return await _evaluations.FirstAsync(limit, cancellationToken, filters).ToListAsync(cancellationToken);
    }

    /// <summary>The evaluation of a model that has this report; null when there is none.</summary>
    public async Task<EvaluationRecord?> FindAsync(string model, string report, CancellationToken cancellationToken) =>
        await _evaluations.FirstAsync(1, cancellationToken, $"PartitionKey eq {model}", $"report eq {report}").FirstOrDefaultAsync(cancellationToken);

    /// <summary>All evaluations of a model, newest first.</summary>
    public IAsyncEnumerable<EvaluationRecord> OfModelAsync(string model, CancellationToken cancellationToken) =>
        _evaluations.QueryAsync($"PartitionKey eq {model}", cancellationToken);

    /// <summary>The newest evaluation of a version; null when there is none.</summary>
    public async Task<EvaluationRecord?> NewestAsync(string model, string version, CancellationToken cancellationToken) =>
        await _evaluations.FirstAsync(1, cancellationToken, $"PartitionKey eq {model}", $"version eq {version}").FirstOrDefaultAsync(cancellationToken);

    public async Task DeleteAsync(EvaluationRecord evaluation, CancellationToken cancellationToken)
    {
        await DeleteCopyAsync(evaluation, cancellationToken); // first: while the original is there, the deletion can be repeated
        await _evaluations.DeleteAsync(evaluation.Model, Key(evaluation), when: null, cancellationToken);
        await DeleteCopyAsync(evaluation, cancellationToken); // again: somebody may have copied it meanwhile
    }

    private async Task CopyAsync(EvaluationRecord evaluation, CancellationToken cancellationToken)
    {
        await _evaluations.ChangeAsync(All, KeyAmongAll(evaluation), existing => existing ?? evaluation, cancellationToken);
        if (await _evaluations.FindAsync(evaluation.Model, Key(evaluation), cancellationToken) is null)
        {
            await DeleteCopyAsync(evaluation, cancellationToken); // it was deleted meanwhile
        }
    }

    private Task<bool> DeleteCopyAsync(EvaluationRecord evaluation, CancellationToken cancellationToken) =>
        _evaluations.DeleteAsync(All, KeyAmongAll(evaluation), when: null, cancellationToken);

    private Task EnsureCopiedAsync(CancellationToken cancellationToken) => _indexing.EnsureAsync(
        () => Parallel.ForEachAsync(
            _evaluations.QueryAsync($"PartitionKey ge {"0"}", cancellationToken), // as names begin
            new ParallelOptions { MaxDegreeOfParallelism = IndexedAtOnce, CancellationToken = cancellationToken },
            async (evaluation, cancellation) => await CopyAsync(evaluation, cancellation)),
        cancellationToken);

    private static string Key(EvaluationRecord evaluation) => $"{RowKey.NewestFirst(evaluation.At)}-{evaluation.Version}";

    private static string KeyAmongAll(EvaluationRecord evaluation) => $"{Key(evaluation)}-{evaluation.Model}";
}
