using System.Text.Json.Nodes;
using Droptune.TrainingJob.Model;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Checkpoints;

/// <summary>Reads the weights of a folder in Hugging Face layout into a model: one file or several, any of three precisions.</summary>
public static class PretrainedModel
{
    private const string Index = ModelFileNames.Weights + ".index.json";

    // Heads of other tasks, and a buffer that older versions saved.
    private static readonly string[] Ignored =
        ["cls.", "discriminator_predictions.", "generator_predictions.", "generator_lm_head.", "vocab_", "bert.embeddings.position_ids"];

    /// <summary>
    /// Copies what the folder has into <paramref name="weights"/>. Heads that it does not have keep their random start: that is
    /// what fine-tuning a base model means. With <paramref name="strict"/> it must have every parameter.
    /// </summary>
    /// <exception cref="InvalidDataException">A parameter is missing or has another shape; the message lists all of them.</exception>
    public static LoadReport Load(string folder, BertWeights weights, bool strict = false)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var naming = ModelNaming.For(folder);
        var stored = Read(folder, naming);
        var (missing, problems) = (new List<string>(), new List<string>());
        foreach (var (name, view) in weights.Named())
        {
            if (!stored.Remove(name, out var value))
            {
                if (naming.HasNoCounterpart(name))
                {
                    view.zero_();
                }
                else if (strict || !IsHead(name))
                {
                    problems.Add($"'{name}' is missing");
                }
                else
                {
                    missing.Add(name);
                }
            }
            else if (value.shape.SequenceEqual(view.shape))
            {
                view.copy_(value);
            }
            else if (IsHead(name) && !strict)
            {
                missing.Add(name); // a classifier for other labels
            }
            else
            {
                problems.Add($"'{name}' has shape {Shape(value)}, the configuration says {Shape(view)}");
            }
        }

        var unexpected = stored.Keys.Where(name => !Array.Exists(Ignored, i => name.StartsWith(i, StringComparison.Ordinal)) && !IsHead(name));
        if (problems.Count > 0)
        {
            throw new InvalidDataException(
                $"The weights in {folder} do not fit its {ModelFileNames.Config}: {string.Join("; ", problems)}"
                + (unexpected.Any() ? $". Not expected: {string.Join(", ", unexpected)}" : ""));
        }

        return new(missing, [.. unexpected.Order(StringComparer.Ordinal)]);
    }

    /// <summary>All that the files of a folder hold, by BERT's names and in float32, as the exporter takes it.</summary>
    public static Dictionary<string, (long[] Shape, float[] Data)> Parameters(string folder)
    {
        using var scope = NewDisposeScope();
        return Read(folder, ModelNaming.For(folder)).ToDictionary(
            stored => stored.Key, stored => (stored.Value.shape, stored.Value.to(ScalarType.Float32).contiguous().data<float>().ToArray()));
    }

    /// <summary>Writes a model as Hugging Face's transformers load it: weights by their names, and the configuration.</summary>
    public static void Save(string folder, BertWeights weights, ModelConfig config)
    {
        using var scope = NewDisposeScope();
        SafeTensors.Write(
            Path.Combine(folder, ModelFileNames.Weights), Stored(weights, config).Select(weight => (config.Family.ToStored(weight.Name, config.Task), weight.View)));
        config.Save(folder);
    }

    /// <summary>What the files hold, by BERT's names: query, key and value each for itself.</summary>
    private static Dictionary<string, Tensor> Read(string folder, ModelNaming naming)
    {
        var stored = new Dictionary<string, Tensor>();
        foreach (var (name, value) in Files(folder).SelectMany(SafeTensors.Read))
        {
            stored[naming.ToBert(name)] = value;
        }

        foreach (var joined in stored.Keys.Where(name => name.Contains(".qkv.", StringComparison.Ordinal)).ToList())
        {
            stored.Remove(joined, out var value);
            foreach (var (part, name) in value!.chunk(3, 0).Zip(BertWeights.Projections))
            {
                stored[joined.Replace(".qkv.", $".{name}.", StringComparison.Ordinal)] = part;
            }
        }

        return stored;
    }

    private static IEnumerable<(string Name, Tensor View)> Stored(BertWeights weights, ModelConfig config) =>
        config.Family.HasJoinedProjections ? weights.All.Select(weight => (weight.Name, weight.Value.detach())) : weights.Named();

    private static IEnumerable<string> Files(string folder)
    {
        var index = Path.Combine(folder, Index);
        if (!File.Exists(index))
        {
            var single = Path.Combine(folder, ModelFileNames.Weights);
            return File.Exists(single) ? [single] : throw new InvalidDataException($"{folder} has neither {ModelFileNames.Weights} nor {Index}");
        }

        var shards = JsonNode.Parse(File.ReadAllText(index))?["weight_map"]?.AsObject().Select(entry => (string)entry.Value!).Distinct().ToList()
            ?? throw new InvalidDataException($"{index} has no weight_map");
        return shards.Find(shard => Path.GetFileName(shard) != shard || !File.Exists(Path.Combine(folder, shard))) is { } lost
            ? throw new InvalidDataException($"{index} names {lost}, which is not in the folder")
            : shards.Select(shard => Path.Combine(folder, shard));
    }

    private static bool IsHead(string name) =>
        name.StartsWith("bert.pooler.", StringComparison.Ordinal) || !name.StartsWith("bert.", StringComparison.Ordinal);

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}

/// <summary>What loading found beside the parameters that fit.</summary>
/// <param name="Missing">Heads that the folder does not have: they start at random.</param>
/// <param name="Unexpected">Parameters that the folder has and the model has not.</param>
public sealed record LoadReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected);
