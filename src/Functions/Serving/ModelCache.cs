using System.Collections.Concurrent;
using Droptune.Core.Inference;

namespace Droptune.Functions.Serving;

/// <summary>
/// The models that are served. A switch of the production version is noticed within seconds: requests go on with the old one
/// until the new one is warm, and the old one is freed after its last request.
/// </summary>
public sealed class ModelCache : IDisposable
{
    // Requests keep the knowledge of the production version fresh without waiting for it. One that comes after a pause of so
    // many times the freshness waits, so that it is not answered by a version replaced long ago.
    private const int PauseFactor = 5;

    // So long it waits; when storage does not answer, the version known last is better than no answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ModelStore _store;
    private readonly ModelFiles _files;
    private readonly ModelCacheOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<ModelCache> _logger;
    private readonly LoadedModels _loaded;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Production> _production = [];
    private readonly ConcurrentDictionary<ModelVersion, bool> _proven = [];

    public ModelCache(ModelStore store, ModelFiles files, ModelCacheOptions options, TimeProvider clock, ILogger<ModelCache> logger)
    {
        (_store, _files, _options, _clock, _logger) = (store, files, options, clock, logger);
        _loaded = new(LoadAsync, options.MemoryBytes, clock);
    }

    /// <summary>
    /// A version of a model (null: the production one), for as long as the lease is held. Null when there is no such model or
    /// version, or none in production.
    /// </summary>
    public async Task<ModelLease?> RentAsync(string model, string? version, CancellationToken cancellationToken) =>
        (version ?? await ProductionAsync(model, cancellationToken)) is { } found
            ? await _loaded.AcquireAsync(new(model, found), cancellationToken)
            : null;

    /// <summary>
    /// Why the production version of a model cannot be served; null when it can, or there is none. A version is loaded for this
    /// question once: what it holds never changes.
    /// </summary>
    public async Task<string?> ProblemAsync(ModelRecord model, CancellationToken cancellationToken)
    {
        if (model.Production is not { } version || _proven.ContainsKey(new(model.Model, version)))
        {
            return null;
        }

        try
        {
            using var lease = await _loaded.AcquireAsync(new(model.Model, version), cancellationToken);
            if (lease is null)
            {
                return $"version {version} is not there";
            }

            _proven[new(model.Model, version)] = true;
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _logger.LogError(error, "Version {Version} of {Model} does not load", version, model.Model);
            return $"version {version} does not load; the log tells why";
        }
    }

    /// <summary>Frees all models after their last lease.</summary>
    public void Dispose() => _loaded.Dispose();

    private async Task<string?> ProductionAsync(string model, CancellationToken cancellationToken)
    {
        Production? known;
        Task<string?> reading;
        lock (_lock)
        {
            if (!_production.TryGetValue(model, out known))
            {
                known = _production[model] = new();
            }

            var age = known.Version is null ? TimeSpan.MaxValue : _clock.GetElapsedTime(known.ReadAt);
            if (age < _options.Freshness)
            {
                return known.Version;
            }

            reading = known.Reading ??= Task.Run(() => ReadAsync(model, known), CancellationToken.None);
            if (age < PauseFactor * _options.Freshness)
            {
                return known.Version;
            }
        }

        try
        {
            return await reading.WaitAsync(known.Version is null ? Timeout.InfiniteTimeSpan : Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return known.Version;
        }
    }

    private async Task<string?> ReadAsync(string model, Production known)
    {
        var (old, version) = (known.Version, known.Version);
        try
        {
            version = (await _store.FindAsync(model, CancellationToken.None))?.Production;
            if (version is not null && version != old)
            {
                using var loaded = await _loaded.AcquireAsync(new(model, version), CancellationToken.None)
                    ?? throw new InvalidDataException($"Version {version} of {model} is in production but has no files");
                if (old is not null)
                {
                    await loaded.Model.WarmUpAsync();
                }

                _logger.LogInformation("{Model} is served in version {Version}, before in {OldVersion}", model, version, old);
            }
        }
        catch (Exception error) when (old is not null)
        {
            version = old;
            _logger.LogError(error, "The production version of {Model} cannot be read or loaded; {Version} stays", model, old);
        }
        finally
        {
            lock (_lock)
            {
                (known.Version, known.ReadAt, known.Reading) = (version, _clock.GetTimestamp(), null);
                if (version is null)
                {
                    _production.Remove(model); // any name can be asked for: unknown ones are not remembered
                }
            }
        }

        if (old is not null && old != version)
        {
            _loaded.Retire(new(model, old));
        }

        return version;
    }

    private async Task<ServedModel?> LoadAsync(ModelVersion version)
    {
        // Its row comes last: what has none is half stored, or no version at all.
        var isRegistered = await _store.FindVersionAsync(version.Model, version.Version, CancellationToken.None) is not null;
        var folder = isRegistered ? await _files.GetAsync(version.Model, version.Version, CancellationToken.None) : null;
        return folder is null ? null : ServedModel.Load(folder, _options.Serving);
    }

    private sealed class Production
    {
        public string? Version { get; set; }

        public long ReadAt { get; set; }

        public Task<string?>? Reading { get; set; }
    }
}
