using Droptune.Core.Text;

namespace Droptune.Core.Inference;

/// <summary>
/// A model loaded for batches side by side, each on one core, and for a batch that has all cores; each when it is first
/// needed. They share the weights where those are mapped (<see cref="MappedModel"/>).
/// </summary>
internal sealed class OnnxSessions : IDisposable
{
    private readonly Lazy<OnnxSession> _oneCore;
    private readonly Lazy<OnnxSession> _allCores;

    public OnnxSessions(string path, ModelConfig config, WordPieceTokenizer tokenizer, ServingOptions options)
    {
        _oneCore = new(() => new(path, config, tokenizer, threads: 1));

        // In 8 bits a run is no faster on two threads: its parts are too short to be worth the handing over.
        _allCores = options.Threads == 1 || Path.GetFileName(path) == ServedModel.Int8File
            ? _oneCore
            : new(() => new(path, config, tokenizer, options.Threads));
        Bytes = MappedModel.Size(path);

        // A file that cannot be read is found out now.
        _ = _allCores.Value;
    }

    /// <summary>About what the model takes in memory.</summary>
    public long Bytes { get; }

    public OnnxSession For(bool isAlone) => (isAlone ? _allCores : _oneCore).Value;

    public void Dispose()
    {
        foreach (var session in new[] { _oneCore, _allCores }.Where(session => session.IsValueCreated))
        {
            session.Value.Dispose();
        }
    }
}
