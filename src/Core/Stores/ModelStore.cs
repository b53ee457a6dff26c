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

    /// <summary>When its newest version was made: its place in lists. Null before an earlier version's model was given one.</summary>
    public DateTimeOffset? NewestAt { get; init; }
}

/// <summary>A model with its versions, newest first.</summary>
public sealed record ModelWithVersions(ModelRecord Model, IReadOnlyList<ModelVersionRecord> Versions);

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

    /// <summary>Whether it was trained on its dev split: its scores on dev are out-of-fold, those of models that were not.</summary>
    public bool DevTrained { get; init; }
}

/// <summary>The models and their versions. A version is added once all its files are stored: no reader sees half a model.</summary>
public sealed class ModelStore(DroptuneStorage storage, TimeProvider clock)
{
    private const string ModelKey = "model";
    private const string VersionPrefix = "version-";
    private const string Newest = "-newest"; // a partition that is no model's name
    private const int LongestHistory = 50;

    private readonly RecordTable<ModelRecord> _models = new(storage.Table(StorageNames.ModelsTable));
    private readonly RecordTable<ModelVersionRecord> _versions = new(storage.Table(StorageNames.ModelsTable));
    private readonly RecordTable<ModelPlace> _places = new(storage.Table(StorageNames.ModelsTable));
    private readonly TableUpgrade _indexing = new(storage.Table(StorageNames.ModelsTable), "newest");

    /// <summary>Where the files of a version are in the container <c>models</c>.</summary>
    public static string Folder(string model, string version) => $"{model}/{version}/";

    public Task<ModelRecord?> FindAsync(string model, CancellationToken cancellationToken) =>
        _models.FindAsync(model, ModelKey, cancellationToken);

    public Task<ModelVersionRecord?> FindVersionAsync(string model, string version, CancellationToken cancellationToken) =>
        _versions.FindAsync(model, VersionPrefix + version, cancellationToken);

    /// <summary>All models by name.</summary>
    public async Task<IReadOnlyList<ModelRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var all = await _models.QueryAsync($"RowKey eq {ModelKey}", cancellationToken).ToListAsync(cancellationToken);
        foreach (var model in all.Where(model => model.NewestAt is null))
        {
            var versions = await VersionsAsync(model.Model, cancellationToken); // an earlier version of the program made them
            await PlaceAsync(model.Model, versions is [var newest, ..] ? newest.CreatedAt : clock.GetUtcNow(), cancellationToken);
        }

        return all;
    }

    /// <summary>
    /// Models with their versions, those with the newest version first, after the model <paramref name="after"/> (null = from the first
    /// on); no more are read than <paramref name="limit"/>. Null when there is no model of that name.
    /// </summary>
    public async Task<IReadOnlyList<ModelWithVersions>?> PageAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        await _indexing.EnsureAsync(() => ListAsync(cancellationToken), cancellationToken);
        var last = after is null ? null : await FindAsync(after, cancellationToken);
        if (after is not null && last?.NewestAt is null)
        {
            return null;
        }

        var (page, key) = (new List<ModelWithVersions>(), last is { NewestAt: { } at } ? PlaceKey(last.Model, at) : "");
        while (page.Count < limit)
        {
            var places = await _places.FirstAsync(limit - page.Count, cancellationToken, $"PartitionKey eq {Newest}", $"RowKey gt {key}").ToListAsync(cancellationToken);
            var isLast = places.Count < limit - page.Count;
            page.AddRange((await Task.WhenAll(places.Select(place => AtAsync(place, cancellationToken)))).OfType<ModelWithVersions>());
            if (isLast)
            {
                break;
            }

            key = PlaceKey(places[^1].Model, places[^1].At);
        }

        return page;
    }

    /// <summary>The model of a place; null when it has another one by now, or is gone.</summary>
    private async Task<ModelWithVersions?> AtAsync(ModelPlace place, CancellationToken cancellationToken) =>
        await FindAsync(place.Model, cancellationToken) is { } model && model.NewestAt == place.At
            ? new(model, await VersionsAsync(place.Model, cancellationToken))
            : null;

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

        await PlaceAsync(version.Model, version.CreatedAt, cancellationToken);
        await _versions.ChangeAsync(version.Model, VersionPrefix + version.Version, existing => existing ?? version, cancellationToken);
    }

    /// <summary>Makes a version the production one. Null when the model has no such version.</summary>
    public async Task<ModelRecord?> PromoteAsync(string model, string version, string reason, CancellationToken cancellationToken) =>
        await FindVersionAsync(model, version, cancellationToken) is null
            ? null
            : await PromoteAsync(model, version, record => Promoted(record, version, reason), cancellationToken);

    /// <summary>
    /// Makes a version the production one if <paramref name="over"/> (null = none) still is, so that a decision made on a
    /// comparison holds only for what was compared.
    /// </summary>
    public async Task<bool> TryPromoteAsync(string model, string version, string? over, string reason, CancellationToken cancellationToken)
    {
        var record = await PromoteAsync(model, version, record => record.Production == over ? Promoted(record, version, reason) : record, cancellationToken);
        return record?.Production == version;
    }

    /// <summary>
    /// Changes what is served, and back where that is a version which was deleted meanwhile: null then. Who deletes looks the other
    /// way round, so that one of both sees the other.
    /// </summary>
    private async Task<ModelRecord?> PromoteAsync(string model, string version, Func<ModelRecord, ModelRecord> change, CancellationToken cancellationToken)
    {
        ModelRecord? before = null;
        var after = await _models.ChangeAsync(model, ModelKey, record => (before = record) is null ? null : change(record!), cancellationToken);
        if (before is null || after?.Production != version || await FindVersionAsync(model, version, cancellationToken) is not null)
        {
            return after;
        }

        await _models.ChangeAsync(
            model,
            ModelKey,
            record => record?.Production == version ? record with { Production = before.Production, Previous = before.Previous, History = before.History } : record,
            cancellationToken);
        return null;
    }

    /// <summary>Deletes the record of a version; false while it is served, or there is no such version. Its files are the caller's to delete.</summary>
    public async Task<bool> DeleteVersionAsync(string model, string version, CancellationToken cancellationToken)
    {
        if (await FindVersionAsync(model, version, cancellationToken) is not { } deleted)
        {
            return false;
        }

        // First, so that nobody goes back to it from then on.
        var record = await _models.ChangeAsync(model, ModelKey, found => found?.Previous == version ? found with { Previous = null } : found, cancellationToken);
        if (record?.Production == version)
        {
            return false;
        }

        await _versions.DeleteAsync(model, VersionPrefix + version, when: null, cancellationToken);
        if ((await FindAsync(model, cancellationToken))?.Production != version)
        {
            return true;
        }

        await _versions.ChangeAsync(model, VersionPrefix + version, existing => existing ?? deleted, cancellationToken); // promoted meanwhile
        return false;
    }

    /// <summary>Deletes a model's record and those of all its versions.</summary>
    public async Task DeleteAsync(string model, CancellationToken cancellationToken)
    {
        var record = await FindAsync(model, cancellationToken);
        await _models.DeleteAsync(model, ModelKey, when: null, cancellationToken);
        foreach (var version in await VersionsAsync(model, cancellationToken))
        {
            await _versions.DeleteAsync(model, VersionPrefix + version.Version, when: null, cancellationToken);
        }

        if (record?.NewestAt is { } at)
        {
            await _places.DeleteAsync(Newest, PlaceKey(model, at), when: null, cancellationToken);
        }
    }

    /// <summary>Gives a model, that is made where there is none, its place by its newest version.</summary>
    private async Task PlaceAsync(string model, DateTimeOffset newest, CancellationToken cancellationToken)
    {
        DateTimeOffset? before = null;
        await _places.ChangeAsync(Newest, PlaceKey(model, newest), place => place ?? new(model, newest), cancellationToken); // first: a model is never without
        var record = await _models.ChangeAsync(
            model,
            ModelKey,
            found =>
            {
                before = found?.NewestAt;
                return before >= newest ? found : (found ?? new() { Model = model }) with { NewestAt = newest };
            },
            cancellationToken);
        if ((record!.NewestAt == newest ? before : newest) is { } other && other != record.NewestAt)
        {
            await _places.DeleteAsync(Newest, PlaceKey(model, other), when: null, cancellationToken);
        }
    }

    private static string PlaceKey(string model, DateTimeOffset newest) => $"{RowKey.NewestFirst(newest)}-{model}";

    private sealed record ModelPlace(string Model, DateTimeOffset At);

    private ModelRecord Promoted(ModelRecord record, string version, string reason) => record.Production == version
        ? record
        : record with
        {
            Production = version,
            Previous = record.Production,
            History = [new(version, clock.GetUtcNow(), reason), .. record.History.Take(LongestHistory - 1)],
        };
}
