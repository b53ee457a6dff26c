using Droptune.Core.Text;

namespace Droptune.Core.Inference;

/// <summary>
/// A model loaded for batches side by side, once a core, and for a batch that has all cores; each when it is first needed.
/// They share the weights where those are mapped (<see cref="MappedModel"/>). Two runs of one session would wait for each other
/// whenever they take or give back memory, which short operators do all the time: in 8 bits that cost half of the throughput.
/// </summary>
internal sealed class OnnxSessions : IDisposable
{
    private readonly Lazy<OnnxSession>[] _cores;
    private readonly Lazy<OnnxSession> _allCores;

    public OnnxSessions(string path, ModelConfig config, WordPieceTokenizer tokenizer, ServingOptions options)
    {
        _cores = [.. Enumerable.Range(0, options.Threads).Select(_ => new Lazy<OnnxSession>(() => new(path, config, tokenizer, threads: 1)))];

        // In 8 bits a run is no faster on two threads: its parts are too short to be worth the handing over.
        _allCores = options.Threads == 1 || Path.GetFileName(path) == ServedModel.Int8File
            ? _cores[0]
            : new(() => new(path, config, tokenizer, options.Threads));
        Bytes = MappedModel.Size(path);

        // A file that cannot be read is found out now.
        _ = _allCores.Value;
    }

    /// <summary>About what the model takes in memory.</summary>
    public long Bytes { get; }

    /// <summary>For the batches of one core, one after the other; null: for one that has all cores.</summary>
    public OnnxSession For(int? core) => (core is { } one ? _cores[one] : _allCores).Value;

    public void Dispose()
    {
        foreach (var session in _cores.Append(_allCores).Distinct().Where(session => session.IsValueCreated))
        {
            session.Value.Dispose();
        }
    }
}
