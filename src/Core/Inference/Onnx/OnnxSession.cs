using Droptune.Core.Models;
using Droptune.Core.Text.Pieces;
using Microsoft.ML.OnnxRuntime;

namespace Droptune.Core.Inference.Onnx;

/// <summary>
/// A loaded ONNX model; runs may go on side by side. Input and output tensors lie over buffers of a <see cref="Workspace"/>
/// that runs reuse.
/// </summary>
internal sealed class OnnxSession : IDisposable
{
    private static readonly string[] Inputs = ["input_ids", "attention_mask"];

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _outputs;
    private readonly int _tags;
    private readonly int _textLabels;
    private readonly (long Cls, long Sep, long Pad) _special;

    public OnnxSession(string path, ModelConfig config, Tokenizer tokenizer, int threads)
    {
        using var options = QuietOnnx.Options();
        (options.IntraOpNumThreads, options.InterOpNumThreads) = (threads, 1);
        // The exporter writes the operators that are fastest; searching for others makes the start slower, and so the runs.
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        // A plan for each shape seen would be kept, and texts have any shape: memory would climb.
        options.EnableMemoryPattern = false;
        // Within a run the threads wait for each other spinning, which a short run needs; none spins once it has ended.
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        _session = new(path, options);
        (_tags, _textLabels) = (config.TagNames.Count, config.TextLabelNames.Count);
        _outputs = _tags > 0 && _textLabels > 0 ? ["logits", "text_logits"] : ["logits"];
        _special = (tokenizer.ClsId, tokenizer.SepId, tokenizer.PadId);
    }

    /// <summary>Runs a batch, and hands each window its part of the answer.</summary>
    public void Run(IReadOnlyList<WaitingWindow> batch, Workspace workspace)
    {
        OnnxThread.Require();
        var (rows, width) = (batch.Count, batch.Max(w => w.Length));
        workspace.Reserve(rows * width, rows * width * _tags, rows * _textLabels);
        for (var row = 0; row < rows; row++)
        {
            Write(batch[row], workspace.Ids.AsSpan(row * width, width), workspace.Mask.AsSpan(row * width, width));
        }

        using (var ids = Tensor(workspace.Ids, rows, width))
        using (var mask = Tensor(workspace.Mask, rows, width))
        using (var tags = _tags > 0 ? Tensor(workspace.TagLogits, rows, width, _tags) : null)
        using (var labels = _textLabels > 0 ? Tensor(workspace.TextLogits, rows, _textLabels) : null)
        {
            _session.Run(_run, Inputs, [ids, mask], _outputs, [.. new[] { tags, labels }.OfType<OrtValue>()]);
        }

        for (var row = 0; row < rows; row++)
        {
            Read(batch[row], workspace.TagLogits.AsSpan(row * width * _tags), workspace.TextLogits.AsSpan(row * _textLabels));
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private void Write(WaitingWindow waiting, Span<long> ids, Span<long> mask)
    {
        var window = waiting.Window;
        ids[0] = _special.Cls;
        for (var piece = 0; piece < window.PieceCount; piece++)
        {
            ids[piece + 1] = waiting.Text.Ids[window.FirstPiece + piece];
        }

        ids[window.PieceCount + 1] = _special.Sep;
        ids[waiting.Length..].Fill(_special.Pad);
        mask[..waiting.Length].Fill(1);
        mask[waiting.Length..].Clear();
    }

    // The first piece of a unit speaks for it.
    private void Read(WaitingWindow waiting, ReadOnlySpan<float> tagLogits, ReadOnlySpan<float> textLogits)
    {
        var window = waiting.Window;
        for (var unit = window.FirstOwned; _tags > 0 && unit < window.FirstOwned + window.OwnedCount; unit++)
        {
            var piece = 1 + waiting.Text.Units[unit].FirstPiece - window.FirstPiece;
            tagLogits.Slice(piece * _tags, _tags).CopyTo(waiting.UnitLogits.AsSpan(unit * _tags));
        }

        textLogits[.._textLabels].CopyTo(waiting.TextLogits);
    }

    private static OrtValue Tensor<T>(T[] buffer, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        var (dimensions, size) = (new long[shape.Length], 1);
        for (var i = 0; i < shape.Length; i++)
        {
            (dimensions[i], size) = (shape[i], size * shape[i]);
        }

        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffer.AsMemory(0, size), dimensions);
    }
}

/// <summary>The buffers of one thread that runs batches; they grow to the largest batch seen, which is bounded.</summary>
internal sealed class Workspace
{
    public long[] Ids { get; private set; } = [];

    public long[] Mask { get; private set; } = [];

    public float[] TagLogits { get; private set; } = [];

    public float[] TextLogits { get; private set; } = [];

    public void Reserve(int pieces, int tagLogits, int textLogits)
    {
        Ids = Grown(Ids, pieces);
        Mask = Grown(Mask, pieces);
        TagLogits = Grown(TagLogits, tagLogits);
        TextLogits = Grown(TextLogits, textLogits);
    }

    // Pinned for good: ONNX Runtime reads and writes them where they are.
    private static T[] Grown<T>(T[] buffer, int size) =>
        buffer.Length >= size ? buffer : GC.AllocateUninitializedArray<T>(Math.Max(size, 2 * buffer.Length), pinned: true);
}
