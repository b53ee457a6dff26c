using Droptune.TrainingJob.Model;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>Sequences padded to the longest of them. B rows, L pieces.</summary>
public sealed class Batch
{
    private readonly int[] _lengths;
    private readonly long[] _tags;
    private readonly long[] _textLabels;

    /// <param name="split">Where the sequences are.</param>
    /// <param name="sequences">Which ones.</param>
    /// <param name="padId">The id of [PAD].</param>
    public Batch(EncodedSplit split, ReadOnlySpan<int> sequences, int padId)
    {
        _lengths = new int[sequences.Length];
        for (var row = 0; row < sequences.Length; row++)
        {
            _lengths[row] = split.Length(sequences[row]);
        }

        Width = _lengths.Max();
        Ids = new int[Rows * Width];
        _tags = new long[Rows * Width];
        _textLabels = new long[Rows];
        Array.Fill(Ids, padId);
        Array.Fill(_tags, EncodedSplit.Ignored);
        for (var row = 0; row < sequences.Length; row++)
        {
            split.Ids(sequences[row]).CopyTo(Ids.AsSpan(row * Width));
            var tags = split.Tags(sequences[row]);
            for (var i = 0; i < tags.Length; i++)
            {
                _tags[(row * Width) + i] = tags[i];
            }

            _textLabels[row] = split.TextLabel(sequences[row]);
        }
    }

    public int Rows => _lengths.Length;

    public int Width { get; }

    /// <summary>Pieces without padding.</summary>
    public int Tokens => _lengths.Sum();

    /// <summary>Piece ids row by row; training may change some before it reads them.</summary>
    public int[] Ids { get; }

    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>(B, L), int64.</summary>
    public Tensor IdTensor(Device device) => tensor(Array.ConvertAll(Ids, id => (long)id), [Rows, Width], device: device);

    public Tensor? Mask(BertModel model, Device device) => model.AttentionMask(_lengths, Width, device);

    /// <summary>(B × L), int64, <see cref="EncodedSplit.Ignored"/> where there is nothing to learn.</summary>
    public Tensor TagTensor(Device device) => tensor(_tags, device: device);

    /// <summary>(B), int64.</summary>
    public Tensor TextLabelTensor(Device device) => tensor(_textLabels, device: device);
}
