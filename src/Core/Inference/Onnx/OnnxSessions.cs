using Droptune.Core.Models;
using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Inference.Onnx;

/// <summary>
/// A model loaded for batches side by side, once a core, and for a batch that has all cores; each when it is first needed.
/// They share the weights where those are mapped (<see cref="MappedModel"/>). Two runs of one session would wait for each other
/// whenever they take or give back memory, which short operators do all the time: in 8 bits that cost half of the throughput.
/// </summary>
internal sealed class OnnxSessions : IDisposable
{
    // Multiplications from which on a run on all cores is shorter than on one, where below to wake the other cores and to wait
    // for them takes longer than they save. Measured: 4 x 256 with 14 pieces has 44 million, 6 x 384 with as many 149 million,
    // with 32 pieces 340 million. In 8 bits the same takes less than half as long.
    private const long SharedWork = 100_000_000;
    private const long SharedInt8Work = 300_000_000;

    private const int ShortText = 14; // pieces

    private readonly Lazy<OnnxSession>[] _cores;
    private readonly Lazy<OnnxSession> _allCores;
    private readonly long _workPerPiece;
    private readonly long _sharedWork;

    public OnnxSessions(string path, ModelConfig config, Tokenizer tokenizer, ServingOptions options)
    {
        _cores = [.. Enumerable.Range(0, options.Threads).Select(_ => new Lazy<OnnxSession>(() => new(path, config, tokenizer, threads: 1)))];

        _allCores = options.Threads == 1 ? _cores[0] : new(() => new(path, config, tokenizer, options.Threads));
        _sharedWork = Path.GetFileName(path) == ModelFileNames.Int8Onnx ? SharedInt8Work : SharedWork;
        _workPerPiece = (long)config.NumHiddenLayers * config.HiddenSize * ((4 * config.HiddenSize) + (2 * config.IntermediateSize));
        Bytes = MappedModel.Size(path);

        // A file that cannot be read is found out now, and what the first request likely needs is there.
        _ = For(null, ShortText);
    }

    /// <summary>About what the model takes in memory.</summary>
    public long Bytes { get; }

    /// <param name="core">For the batches of one core, one after the other; null: for one that has all cores.</param>
    /// <param name="pieces">Of the batch.</param>
    public OnnxSession For(int? core, int pieces) =>
        (core is { } one ? _cores[one] : pieces * _workPerPiece < _sharedWork ? _cores[0] : _allCores).Value;

    public void Dispose()
    {
        foreach (var session in _cores.Append(_allCores).Distinct().Where(session => session.IsValueCreated))
        {
            session.Value.Dispose();
        }
    }
}
