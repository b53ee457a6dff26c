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

/// <summary>The evaluations of all models.</summary>
public sealed class EvaluationStore(DroptuneStorage storage)
{
    private readonly RecordTable<EvaluationRecord> _evaluations = new(storage.Table(StorageNames.EvaluationsTable));

    /// <summary>Adds an evaluation; the same one twice is one.</summary>
    public Task AddAsync(EvaluationRecord evaluation, CancellationToken cancellationToken) =>
        _evaluations.ChangeAsync(evaluation.Model, Key(evaluation), existing => existing ?? evaluation, cancellationToken);

    /// <summary>Evaluations of a model (of all when null), newest first.</summary>
    public async Task<IReadOnlyList<EvaluationRecord>> ListAsync(string? model, int limit, CancellationToken cancellationToken)
    {
        if (model is not null)
        {
            return await _evaluations.FirstAsync(limit, cancellationToken, $"PartitionKey eq {model}").ToListAsync(cancellationToken);
        }

        var evaluations = await _evaluations.QueryAsync($"PartitionKey ge {""}", cancellationToken).ToListAsync(cancellationToken);
        return [.. evaluations.OrderByDescending(evaluation => evaluation.At).Take(limit)];
    }

    /// <summary>All evaluations of a model, newest first.</summary>
    public IAsyncEnumerable<EvaluationRecord> OfModelAsync(string model, CancellationToken cancellationToken) =>
        _evaluations.QueryAsync($"PartitionKey eq {model}", cancellationToken);

    /// <summary>The newest evaluation of a version; null when there is none.</summary>
    public async Task<EvaluationRecord?> NewestAsync(string model, string version, CancellationToken cancellationToken) =>
        await _evaluations.FirstAsync(1, cancellationToken, $"PartitionKey eq {model}", $"version eq {version}").FirstOrDefaultAsync(cancellationToken);

    public Task DeleteAsync(EvaluationRecord evaluation, CancellationToken cancellationToken) =>
        _evaluations.DeleteAsync(evaluation.Model, Key(evaluation), when: null, cancellationToken);

    private static string Key(EvaluationRecord evaluation) => $"{RowKey.NewestFirst(evaluation.At)}-{evaluation.Version}";
}
