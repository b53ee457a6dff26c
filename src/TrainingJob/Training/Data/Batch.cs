using Droptune.TrainingJob.Model;
using TorchSharp;

using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>Sequences padded to the longest of them. B rows, L pieces.</summary>
public sealed class Batch
{
    private readonly int[] _lengths;
    private readonly long[] _tags;
    private readonly long[] _textLabels;
    private (Tensor Values, long Start)? _uploaded;

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

    /// <summary>Whether some row has a text label to learn.</summary>
    public bool HasTextLabel => Array.Exists(_textLabels, label => label != EncodedSplit.Ignored);

    public int Width { get; }

    /// <summary>Pieces without padding.</summary>
    public int Tokens => _lengths.Sum();

    /// <summary>Piece ids row by row; training may change some before it reads them.</summary>
    public int[] Ids { get; }

    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>Places in the rows whose piece is to be guessed, and the piece that was there: of masked-language modelling.</summary>
    public List<long> HiddenPlaces { get; } = [];

    public List<long> HiddenPieces { get; } = [];

    /// <summary>Turns of dialogues that are read beside these rows, each answer half of them behind what it answers; null = none.</summary>
    public Batch? Turns { get; set; }

    /// <summary>
    /// Copies batches to a device together, without waiting for it: each is a range of the tensor returned, for as long as that lives.
    /// </summary>
    public static Tensor Upload(IReadOnlyList<Batch> batches, Device device)
    {
        batches = [.. batches, .. batches.Select(batch => batch.Turns).OfType<Batch>()];
        var values = new List<long>();
        foreach (var batch in batches)
        {
            foreach (var section in Enum.GetValues<Section>())
            {
                values.AddRange(batch.Values(section));
            }
        }

        using var here = tensor(values.ToArray());
        using var pinned = device.type == DeviceType.CPU ? here.alias() : here.pin_memory();
        var there = pinned.to(device, non_blocking: true);
        var start = 0L;
        foreach (var batch in batches)
        {
            batch._uploaded = (there, start);
            start += Enum.GetValues<Section>().Sum(batch.Length);
        }

        return there;
    }

    /// <summary>(B, L), int64.</summary>
    public Tensor IdTensor(Device device) => Of(Section.Ids, device).view(Rows, Width);

    /// <summary>See <see cref="BertModel.AttentionMask"/>; null when no sequence is padded.</summary>
    public Tensor? Mask(Device device) =>
        Lengths.ContainsAnyExcept(Width) ? BertModel.AttentionMask(Of(Section.Lengths, device), Width) : null;

    /// <summary>(B × L), int64, <see cref="EncodedSplit.Ignored"/> where there is nothing to learn.</summary>
    public Tensor TagTensor(Device device) => Of(Section.Tags, device);

    /// <summary>(B), int64.</summary>
    public Tensor TextLabelTensor(Device device) => Of(Section.TextLabels, device);

    /// <summary><see cref="HiddenPlaces"/>, int64.</summary>
    public Tensor HiddenPlaceTensor(Device device) => Of(Section.HiddenPlaces, device);

    /// <summary><see cref="HiddenPieces"/>, int64.</summary>
    public Tensor HiddenPieceTensor(Device device) => Of(Section.HiddenPieces, device);

    private Tensor Of(Section section, Device device) => _uploaded is var (values, start)
        ? values.narrow(0, start + Enum.GetValues<Section>().TakeWhile(before => before < section).Sum(Length), Length(section))
        : tensor(Values(section), device: device);

    private long[] Values(Section section) => section switch
    {
        Section.Ids => Array.ConvertAll(Ids, id => (long)id),
        Section.Tags => _tags,
        Section.TextLabels => _textLabels,
        Section.Lengths => Array.ConvertAll(_lengths, length => (long)length),
        Section.HiddenPlaces => [.. HiddenPlaces],
        _ => [.. HiddenPieces],
    };

    private long Length(Section section) => section switch
    {
        Section.Ids or Section.Tags => Ids.Length,
        Section.TextLabels or Section.Lengths => Rows,
        _ => HiddenPlaces.Count,
    };

    /// <summary>What a batch consists of, in the order in which it is copied.</summary>
    private enum Section
    {
        Ids,
        Tags,
        TextLabels,
        Lengths,
        HiddenPlaces,
        HiddenPieces,
    }
}
