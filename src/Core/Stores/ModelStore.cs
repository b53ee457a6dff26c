using Droptune.Core.Storage;

namespace Droptune.Core.Stores;

/// <summary>A model in the table <c>Models</c>: which of its versions is served, and which were before.</summary>
public sealed record ModelRecord
{
    public required string Model { get; init; }

    /// <summary>The version that is served; null until one is promoted.</summary>
    public string? Production { get; init; }

    /// <summary>The version that was served before.</summary>
    public string? Previous { get; init; }

    /// <summary>The promotions, newest first.</summary>
    public IReadOnlyList<Promotion> History { get; init; } = [];
}

/// <summary>When and why a version became the production one.</summary>
public sealed record Promotion(string Version, DateTimeOffset At, string Reason);

/// <summary>A version of a model in the table <c>Models</c>; its files are in <c>models/{model}/{version}/</c>.</summary>
public sealed record ModelVersionRecord
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    public required string RunId { get; init; }

    public required string Dataset { get; init; }

    public required string DatasetVersion { get; init; }

    public required TaskKind Task { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Scores by split and name: "dev.f1", "test.accuracy".</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
}

/// <summary>The models and their versions. A version is added once all its files are stored: no reader sees half a model.</summary>
public sealed class ModelStore(DroptuneStorage storage, TimeProvider clock)
{
    private const string ModelKey = "model";
    private const string VersionPrefix = "version-";
    private const int LongestHistory = 50;

    private readonly RecordTable<ModelRecord> _models = new(storage.Table(StorageNames.ModelsTable));
    private readonly RecordTable<ModelVersionRecord> _versions = new(storage.Table(StorageNames.ModelsTable));

    /// <summary>Where the files of a version are in the container <c>models</c>.</summary>
    public static string Folder(string model, string version) => $"{model}/{version}/";

    public Task<ModelRecord?> FindAsync(string model, CancellationToken cancellationToken) =>
        _models.FindAsync(model, ModelKey, cancellationToken);

    public Task<ModelVersionRecord?> FindVersionAsync(string model, string version, CancellationToken cancellationToken) =>
        _versions.FindAsync(model, VersionPrefix + version, cancellationToken);

    /// <summary>All models by name.</summary>
    public async Task<IReadOnlyList<ModelRecord>> ListAsync(CancellationToken cancellationToken) =>
        await _models.QueryAsync($"RowKey eq {ModelKey}", cancellationToken).ToListAsync(cancellationToken);

    /// <summary>The versions of a model, newest first.</summary>
    public async Task<IReadOnlyList<ModelVersionRecord>> VersionsAsync(string model, CancellationToken cancellationToken)
    {
        var versions = await _versions.QueryAsync($"PartitionKey eq {model} and RowKey ge {VersionPrefix}", cancellationToken)
            .ToListAsync(cancellationToken);
        return [.. versions.OrderByDescending(version => version.CreatedAt)];
    }

    /// <summary>
    /// The version that may take the place of the production one: the newest, if it is newer than that and was never served. A
    /// version that was taken back is not offered again.
    /// </summary>
    public static ModelVersionRecord? Candidate(ModelRecord model, IReadOnlyList<ModelVersionRecord> versions) =>
        versions is [var newest, ..] && newest.Version != model.Production && model.History.All(promotion => promotion.Version != newest.Version)
            ? newest
            : null;

    /// <summary>The dataset that a model learns from: that of its production version, else of the newest. Null without versions.</summary>
    public static string? DatasetOf(ModelRecord model, IReadOnlyList<ModelVersionRecord> versions) =>
        (versions.FirstOrDefault(version => version.Version == model.Production) ?? (versions is [var newest, ..] ? newest : null))?.Dataset;

    /// <summary>The models that learn from a dataset.</summary>
    public async Task<IReadOnlyList<string>> OfDatasetAsync(string dataset, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        foreach (var model in await ListAsync(cancellationToken))
        {
            if (DatasetOf(model, await VersionsAsync(model.Model, cancellationToken)) == dataset)
            {
                names.Add(model.Model);
            }
        }

        return names;
    }

    /// <summary>Adds a version as the newest; one that is there already stays as it is.</summary>
    public async Task AddVersionAsync(ModelVersionRecord version, CancellationToken cancellationToken)
    {
        // By the clock of a worker that is behind it would be older than what it is to replace, and never be a candidate.
        if (await VersionsAsync(version.Model, cancellationToken) is [var newest, ..] && newest.CreatedAt >= version.CreatedAt)
        {
            version = version with { CreatedAt = newest.CreatedAt.AddMilliseconds(1) };
        }

        await _models.ChangeAsync(version.Model, ModelKey, model => model ?? new() { Model = version.Model }, cancellationToken);
        await _versions.ChangeAsync(version.Model, VersionPrefix + version.Version, existing => existing ?? version, cancellationToken);
    }

    /// <summary>Makes a version the production one. Null when the model has no such version.</summary>
    public async Task<ModelRecord?> PromoteAsync(string model, string version, string reason, CancellationToken cancellationToken) =>
        await FindVersionAsync(model, version, cancellationToken) is null
            ? null
            : await _models.ChangeAsync(model, ModelKey, record => Promoted(record!, version, reason), cancellationToken);

    /// <summary>
    /// Makes a version the production one if <paramref name="over"/> (null = none) still is, so that a decision made on a
    /// comparison holds only for what was compared.
    /// </summary>
    public async Task<bool> TryPromoteAsync(string model, string version, string? over, string reason, CancellationToken cancellationToken)
    {
        var record = await _models.ChangeAsync(
            model, ModelKey, record => record!.Production == over ? Promoted(record, version, reason) : record, cancellationToken);
        return record!.Production == version;
    }

    private ModelRecord Promoted(ModelRecord record, string version, string reason) => record.Production == version
        ? record
        : record with
        {
            Production = version,
            Previous = record.Production,
            History = [new(version, clock.GetUtcNow(), reason), .. record.History.Take(LongestHistory - 1)],
        };
}
