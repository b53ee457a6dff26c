using System.Text.Json.Serialization;
using Droptune.Core.Models;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Model;

/// <summary>The reference BERT of <c>tests/data</c>, unpacked into a folder of its own, with what Hugging Face computes from it.</summary>
internal sealed class ReferenceModel : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(DroptuneJson.Compact) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static readonly IReadOnlyList<ReferenceCase> Cases = Read<ReferenceCase[]>("forward-cases.json.gz");

    public static readonly TrainingCase Training = Read<TrainingCase>("training-case.json.gz");

    /// <param name="files">Names of stored file (without .gz) → name in the folder.</param>
    public ReferenceModel(params (string Stored, string Name)[] files)
    {
        foreach (var (stored, name) in files)
        {
            File.WriteAllBytes(Path.Combine(Folder, name), Bytes(stored + ".gz"));
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("droptune model ").FullName;

    public static ReferenceModel ForTags(string weights = "model.safetensors") =>
        new(("config.json", ModelFileNames.Config), (weights, "model.safetensors"));

    public static ReferenceModel ForTexts() => new(
        ("sequence-classification/config.json", ModelFileNames.Config), ("sequence-classification/model.safetensors", "model.safetensors"));

    public BertModel Load()
    {
        var config = ModelConfig.From(ModelNaming.For(Folder).Config);
        var weights = new BertWeights(config, CPU);
        PretrainedModel.Load(Folder, weights, strict: true);
        return new(config, weights);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static T Read<T>(string name) => JsonSerializer.Deserialize<T>(Bytes(name), Json)!;

    private static byte[] Bytes(string name) => TestData.GzipBytes(["reference", "bert-tiny", .. name.Split('/')]);
}

/// <summary>A batch, with the results of the token classifier and of the sequence classifier.</summary>
internal sealed record ReferenceCase(
    long[][] InputIds, int[][] AttentionMask, long[][] TokenTypeIds, long[][] Labels,
    [property: JsonPropertyName("last_hidden_first8")] float[][][] LastHidden,
    float[][][] TokenLogits, double TokenLoss, long[] SequenceLabels,
    [property: JsonPropertyName("pooled_first8")] float[][] Pooled,
    float[][] SequenceLogits, double SequenceLoss)
{
    public int[] Lengths => [.. AttentionMask.Select(row => row.Sum())];

    public int Width => InputIds[0].Length;

    public Tensor Ids() => Matrix(InputIds);

    public Tensor Types() => Matrix(TokenTypeIds);

    public Tensor FlatLabels() => Matrix(Labels).flatten();

    public Tensor Encode(BertModel model, Tensor? words = null) =>
        model.Encode(words ?? model.Embed(Ids()), BertModel.AttentionMask(tensor(Array.ConvertAll(Lengths, length => (long)length)), Width), Types());

    private static Tensor Matrix(long[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
}

internal sealed record TrainingCase(
    int GradientCase, Dictionary<string, Summary> Gradients, double GradientTotalNorm, TrainingStep[] Steps,
    Dictionary<string, Summary> ParametersAfter);

internal sealed record TrainingStep(int Case, double Lr, double Loss, double GradNormBeforeClip);

/// <summary>What is known of a tensor.</summary>
internal sealed record Summary(double L2, double Sum, [property: JsonPropertyName("first4")] float[] First);
