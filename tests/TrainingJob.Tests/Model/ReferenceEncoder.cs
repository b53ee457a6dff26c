using System.Text.Json.Serialization;
using Droptune.Core.Models;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Model;

/// <summary>A small model of a family in <c>tests/data/reference/encoders</c>, unpacked, with what Hugging Face computes from it.</summary>
internal sealed class ReferenceEncoder : IDisposable
{
    /// <summary>The folders of all families.</summary>
    public static readonly TheoryData<string> Names = ["roberta-tiny", "xlm-roberta-tiny", "mpnet-tiny", "modernbert-tiny", "deberta-v2-tiny"];

    private static readonly JsonSerializerOptions Json = new(DroptuneJson.Compact) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string _name;

    private ReferenceEncoder(string name, params string[] task)
    {
        _name = name;
        foreach (var file in new[] { ModelFileNames.Config, ModelFileNames.Weights })
        {
            File.WriteAllBytes(Path.Combine(Folder, file), Bytes([.. task, $"{file}.gz"]));
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("droptune model ").FullName;

    public IReadOnlyList<EncoderCase> Cases => JsonSerializer.Deserialize<EncoderCase[]>(Bytes("forward-cases.json.gz"), Json)!;

    public static ReferenceEncoder ForTags(string name) => new(name);

    public static ReferenceEncoder ForTexts(string name) => new(name, "sequence-classification");

    public BertModel Load() => Load(Folder);

    public static BertModel Load(string folder)
    {
        var config = ModelConfig.From(ModelNaming.For(folder).Config);
        var weights = new BertWeights(config, CPU);
        PretrainedModel.Load(folder, weights, strict: true);
        return new(config, weights);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private byte[] Bytes(params string[] path) => TestData.GzipBytes(["reference", "encoders", _name, .. path]);
}

/// <summary>A padded batch, with the results of the token classifier and of the sequence classifier.</summary>
internal sealed record EncoderCase(
    long[][] InputIds, long[][] AttentionMask, long[][] Labels, float[][][] TokenLogits, double Loss,
    [property: JsonPropertyName("hidden_first8")] float[][][] Hidden, float[][] SequenceLogits)
{
    public int[] Lengths => [.. AttentionMask.Select(row => (int)row.Sum())];

    /// <summary>One of its texts, without padding.</summary>
    public EncoderCase Only(int row) => this with { InputIds = [InputIds[row][..Lengths[row]]], AttentionMask = [AttentionMask[row][..Lengths[row]]] };

    public Tensor Ids() => Matrix(InputIds);

    public Tensor FlatLabels() => Matrix(Labels).flatten();

    public Tensor Encode(BertModel model) => model.Encode(model.Embed(Ids()), Lengths.All(length => length == InputIds[0].Length) ? null
        : BertModel.AttentionMask(tensor(Array.ConvertAll(Lengths, length => (long)length)), InputIds[0].Length));

    private static Tensor Matrix(long[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
}
