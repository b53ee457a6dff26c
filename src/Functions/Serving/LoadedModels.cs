using Droptune.Core.Inference;

namespace Droptune.Functions.Serving;

/// <summary>
/// Versions of models in memory: loaded once, lent many times, and freed when nobody holds them and they are retired or the
/// budget asks for it, the least recently used first.
/// </summary>
/// <param name="load">Loads a version; null when there is none.</param>
/// <param name="budget">Bytes that may stay while nobody needs them.</param>
/// <param name="clock">Tells which was used last.</param>
internal sealed class LoadedModels(Func<ModelVersion, Task<ServedModel?>> load, long budget, TimeProvider clock) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ModelVersion, Loaded> _current = [];
    private readonly List<Loaded> _retired = [];

    /// <summary>Null when there is no such version. A failed load fails for all who wait for it, and is tried anew by the next.</summary>
    public async Task<ModelLease?> AcquireAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        Loaded loaded;
        lock (_lock)
        {
            if (!_current.TryGetValue(version, out loaded!))
            {
                // It belongs to all who ask for it: none of them cancels it.
                loaded = _current[version] = new(Task.Run(() => load(version), CancellationToken.None));
            }

            loaded.Leases++;
        }

        ServedModel? model = null;
        try
        {
            model = await loaded.Loading.WaitAsync(cancellationToken);
        }
        finally
        {
            if (model is null)
            {
                Release(loaded);
            }
        }

        return model is null ? null : new(version, model, () => Release(loaded));
    }

    /// <summary>Frees a version after its last lease.</summary>
    public void Retire(ModelVersion version) => Change(() =>
    {
        if (_current.Remove(version, out var loaded))
        {
            _retired.Add(loaded);
        }
    });

    /// <summary>Retires all.</summary>
    public void Dispose() => Change(() =>
    {
        _retired.AddRange(_current.Values);
        _current.Clear();
    });

    private void Release(Loaded loaded) => Change(() =>
    {
        loaded.Leases--;
        loaded.LastUsed = clock.GetTimestamp();
    });

    private void Change(Action change)
    {
        List<Loaded> unused;
        lock (_lock)
        {
            change();
            RetireBeyondBudget();
            unused = [.. _retired.Where(loaded => loaded.Leases == 0 && loaded.Loading.IsCompleted)];
            _retired.RemoveAll(unused.Contains);
        }

        unused.ForEach(loaded => loaded.Model?.Dispose());
    }

    private void RetireBeyondBudget()
    {
        var idle = _current.Where(entry => entry.Value is { Leases: 0, Loading.IsCompleted: true }).OrderBy(entry => entry.Value.LastUsed).ToArray();
        var excess = _current.Values.Sum(loaded => loaded.Model?.Bytes ?? 0) - budget;
        foreach (var (version, loaded) in idle)
        {
            if (excess > 0 || loaded.Model is null) // a load that failed leaves nothing to keep
            {
                excess -= loaded.Model?.Bytes ?? 0;
                _current.Remove(version);
                _retired.Add(loaded);
            }
        }
    }

    private sealed class Loaded(Task<ServedModel?> loading)
    {
        public Task<ServedModel?> Loading => loading;

        public ServedModel? Model => loading.IsCompletedSuccessfully ? loading.Result : null;

        public int Leases { get; set; }

        public long LastUsed { get; set; }
    }
}

/// <summary>A version of a model.</summary>
public readonly record struct ModelVersion(string Model, string Version);

/// <summary>The right to use a model until it is disposed: so long the model stays in memory.</summary>
public sealed class ModelLease(ModelVersion version, ServedModel model, Action release) : IDisposable
{
    private Action? _release = release;

    public string Version => version.Version;

    public ServedModel Model => model;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
