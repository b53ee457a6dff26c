using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>
/// The batches of an epoch, ready to be computed. For a GPU many are prepared and copied together, a whole epoch of a small
/// dataset: a batch is then a range of what is there, and no step waits for its data.
/// </summary>
/// <param name="count">Batches of the epoch.</param>
/// <param name="prepare">Makes the parts of one.</param>
/// <param name="device">Where to copy them; null = nowhere, each is made when it is asked for.</param>
internal sealed class BatchFeed(int count, Func<int, IReadOnlyList<BatchPart>> prepare, Device? device) : IDisposable
{
    private const int BlockTokens = 1 << 20; // 16 MB

    private readonly Dictionary<int, IReadOnlyList<BatchPart>> _ready = [];
    private Tensor? _block;

    public IReadOnlyList<BatchPart> Parts(int batch)
    {
        if (device is null)
        {
            return prepare(batch);
        }

        if (!_ready.ContainsKey(batch))
        {
            Load(batch, device);
        }

        return _ready[batch];
    }

    /// <summary>Has what comes prepared anew, because it is to be computed in other parts.</summary>
    public void Forget()
    {
        _ready.Clear();
        _block?.Dispose();
        _block = null;
    }

    public void Dispose() => Forget();

    private void Load(int first, Device to)
    {
        Forget();
        for (var (batch, pieces) = (first, 0); batch < count && pieces < BlockTokens; batch++)
        {
            _ready[batch] = prepare(batch);
            pieces += _ready[batch].Sum(part => part.Batch.Ids.Length);
        }

        _block = Batch.Upload([.. _ready.OrderBy(entry => entry.Key).SelectMany(entry => entry.Value).Select(part => part.Batch)], to).DetachFromDisposeScope();
    }
}

/// <summary>A batch or, where memory is too small, a part of one.</summary>
/// <param name="Batch">What is computed at once.</param>
/// <param name="DropoutSeed">What its dropout depends on.</param>
/// <param name="Share">Its part of the whole batch's rows.</param>
internal sealed record BatchPart(Batch Batch, int DropoutSeed, double Share);
