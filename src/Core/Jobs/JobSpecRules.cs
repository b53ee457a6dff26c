using Droptune.Core.Metrics;
using Droptune.Core.Models;

namespace Droptune.Core.Jobs;

/// <summary>What a job spec may say.</summary>
public static class JobSpecRules
{
    /// <summary>Every problem of a spec, each with the option's name, its value and what is allowed; none for a valid one.</summary>
    public static IReadOnlyList<string> Problems(JobSpec spec)
    {
        var problems = new List<string?>
        {
            ResourceName.Problem(spec.Model) is { } model ? $"model: {model}" : null,
            ResourceName.Problem(spec.Dataset.Name) is { } dataset ? $"dataset.name: {dataset}" : null,
            string.IsNullOrWhiteSpace(spec.Base.Name) ? $"base.name is empty; give a folder of base-models, or '{BaseModel.Scratch}'" : null,
        };
        problems.AddRange(SizeProblems("base.size", spec.Base));
        problems.AddRange(Problems(spec.Optimisation));
        return [.. problems.OfType<string>()];
    }

    /// <summary>Every problem of the options.</summary>
    /// <param name="o">The options.</param>
    /// <param name="name">What they are called where they stand.</param>
    public static IReadOnlyList<string> Problems(Optimisation o, string name = "optimisation")
    {
        string?[] problems =
        [
            OneOf("optimizer", o.Optimizer, "adamw"),
            OneOf("schedule", o.Schedule, "linear", "cosine", "constant"),
            OneOf("classWeights", o.ClassWeights, "none", "inverse", "effective"),
            o.FewShot is { } fewShot ? OneOf("fewShot", fewShot, "auto", "on", "off") : null,
            OneOf("precision", o.Precision, "auto", "float32", "bfloat16", "float16"),
            Within("epochs", o.Epochs, 1, 10_000),
            Within("batchTokens", o.BatchTokens, 16, 1 << 20),
            Within("gradientAccumulation", o.GradientAccumulation, 1, 1024),
            Within("maxLength", o.MaxLength, 8, 512),
            Within("learningRate", o.LearningRate, 1e-8, 1),
            Within("layerDecay", o.LayerDecay, 0.1, 1),
            Within("frozenLayers", o.FrozenLayers, 0, 100),
            Within("weightDecay", o.WeightDecay, 0, 1),
            Within("warmupRatio", o.WarmupRatio, 0, 1),
            Within("gradientClip", o.GradientClip, 1e-3, 1e6),
            Within("dropout", o.Dropout, 0, 0.9),
            Within("pieceDropout", o.PieceDropout, 0, 0.9),
            Within("mentionSwap", o.MentionSwap, 0, 1),
            Within("joinedTexts", o.JoinedTexts, 0, 1_000_000),
            Within("initializerRange", o.InitializerRange, 1e-4, 1),
            Within("vocabularySize", o.VocabularySize, 100, 200_000),
            Within("labelSmoothing", o.LabelSmoothing, 0, 0.9),
            Within("focalGamma", o.FocalGamma, 0, 10),
            Within("averageDecay", o.AverageDecay, 0, 0.99999),
            Within("maxMinutes", o.MaxMinutes, 0.01, 100_000),
            o.EarlyStopping is { } stop ? OneOf("earlyStopping.metric", stop.Metric, MainScore.Name, "accuracy", "loss") : null,
            Within("earlyStopping.patience", o.EarlyStopping?.Patience, 1, 10_000),
            Within("pretrain.epochs", o.Pretrain?.Epochs, 1, 10_000),
            Within("pretrain.learningRate", o.Pretrain?.LearningRate, 1e-8, 1),
            Within("pretrain.maskedPart", o.Pretrain?.MaskedPart, 0.01, 0.9),
            Within("search.trials", o.Search?.Trials, 2, 1000),
            Within("search.maxMinutes", o.Search?.MaxMinutes, 0.01, 100_000),
        ];
        return [.. problems.OfType<string>().Select(problem => $"{name}.{problem}")];
    }

    /// <summary>Every problem of a size: only a model from scratch has a choice of it.</summary>
    /// <param name="name">What it is called where it stands.</param>
    /// <param name="start">What the training starts from.</param>
    public static IEnumerable<string> SizeProblems(string name, BaseModel start)
    {
        if (start.Size is not { } size)
        {
            yield break;
        }

        if (start.Name != BaseModel.Scratch)
        {
            yield return $"{name} is '{size}', but only a model from scratch has a choice of size";
        }

        if (OneOf(name, size, [.. ModelSize.All.Select(s => s.Name)]) is { } problem)
        {
            yield return problem;
        }
    }

    private static string? OneOf(string name, string value, params string[] allowed) => allowed.Contains(value)
        ? null
        : $"{name} is '{value}'; it must be {(allowed.Length == 1 ? "" : "one of ")}{string.Join(", ", allowed)}";

    private static string? Within(string name, double? value, double least, double most) =>
        value is not { } v || (v >= least && v <= most) ? null : FormattableString.Invariant($"{name} is {v}; it must be {least} to {most}");
}
