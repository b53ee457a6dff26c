using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Droptune.Core.Models;

namespace Droptune.TrainingJob.Tests.Onnx;

/// <summary>The small BERT of <c>tests/data/reference/bert-tiny</c>, with what Hugging Face computes from it.</summary>
internal static class ReferenceBert
{
    public static Dictionary<string, (long[] Shape, float[] Data)> Parameters(bool sequence) => Read(File(sequence, "model.safetensors.gz"));

    public static ModelConfig Config(bool sequence)
    {
        var folder = Directory.CreateTempSubdirectory("droptune-");
        System.IO.File.WriteAllBytes(Path.Combine(folder.FullName, ModelFileNames.Config), File(sequence, "config.json.gz"));
        var config = ModelConfig.Load(folder.FullName);
        folder.Delete(recursive: true);
        return config;
    }

    /// <summary>The cases whose token types are all 0: an exported model has no token types.</summary>
    public static IReadOnlyList<ForwardCase> Cases() =>
        [.. JsonSerializer.Deserialize<ForwardCase[]>(File(false, "forward-cases.json.gz"), Json)!
            .Where(c => c.TokenTypeIds.All(row => row.All(type => type == 0)))];

    private static readonly JsonSerializerOptions Json = new(DroptuneJson.Compact)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private static byte[] File(bool sequence, string name) => TestData.GzipBytes(
        ["reference", "bert-tiny", .. sequence ? new[] { "sequence-classification" } : [], name]);

    private static Dictionary<string, (long[] Shape, float[] Data)> Read(byte[] safetensors)
    {
        var header = (int)BinaryPrimitives.ReadInt64LittleEndian(safetensors);
        var tensors = new Dictionary<string, (long[], float[])>();
        foreach (var entry in JsonDocument.Parse(safetensors.AsMemory(8, header)).RootElement.EnumerateObject())
        {
            if (entry.Name != "__metadata__")
            {
                var offsets = entry.Value.GetProperty("data_offsets").Deserialize<int[]>()!;
                var bytes = safetensors.AsSpan(8 + header)[offsets[0]..offsets[1]];
                tensors[entry.Name] =
                    (entry.Value.GetProperty("shape").Deserialize<long[]>()!, MemoryMarshal.Cast<byte, float>(bytes).ToArray());
            }
        }

        return tensors;
    }
}

/// <summary>A batch with the logits of both reference models.</summary>
internal sealed record ForwardCase(
    long[][] InputIds, long[][] AttentionMask, long[][] TokenTypeIds, float[][][] TokenLogits, float[][] SequenceLogits);
