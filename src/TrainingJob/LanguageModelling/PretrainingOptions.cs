namespace Droptune.TrainingJob.LanguageModelling;

/// <summary>How a base model is made; its recipe is that of the built-in one.</summary>
internal sealed record PretrainingOptions
{
    /// <summary>Rarer ones are made of others.</summary>
    public const int LeastPieceFrequency = 8;

    /// <summary>Words with rarer ones are unknown.</summary>
    public const int LeastCharacterFrequency = 3;

    /// <summary>Part of the pieces that is to be guessed; of words hidden whole.</summary>
    public const double HiddenPart = 0.2;

    private const int GpuBatchTokens = 131_072;
    private const int CpuBatchTokens = 8_192;

    public string Size { get; init; } = "mini";

    public int VocabularySize { get; init; } = 16_000;

    /// <summary>Whether the case of letters is kept; their marks always are.</summary>
    public bool Cased { get; init; }

    public int Epochs { get; init; } = 10;

    /// <summary>Time of the training; it ends with the epochs or with this.</summary>
    public double? MaxMinutes { get; init; }

    /// <summary>Pieces a step; null = as the device goes.</summary>
    public int? BatchTokens { get; init; }

    /// <summary>Peak; null = 1.2e-3 at a width of 256 with a GPU's batch, less for wider models and by the root of smaller batches.</summary>
    public double? LearningRate { get; init; }

    public int Seed { get; init; } = 42;

    /// <summary>What cannot be as it is asked for, a sentence each.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Check(ModelSize.All.Any(size => size.Name == Size), $"--size '{Size}' is not known; these are: {string.Join(", ", ModelSize.All.Select(size => size.Name))}.");
        Check(VocabularySize is >= 100 and <= 250_000, $"--vocabulary-size is {VocabularySize}; it must be 100 to 250000.");
        Check(Epochs is >= 1 and <= 10_000, $"--epochs is {Epochs}; it must be 1 to 10000.");
        Check(MaxMinutes is null or > 0, $"--max-minutes is {MaxMinutes}; it must be more than 0.");
        Check(BatchTokens is null or >= PretrainingData.MaxLength, $"--batch-tokens is {BatchTokens}; it must be at least {PretrainingData.MaxLength}.");
        Check(LearningRate is null or (> 0 and <= 1), $"--learning-rate is {LearningRate}; it must be more than 0 and at most 1.");
        return problems;

        void Check(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }

    /// <summary>The options with the defaults for a device filled in.</summary>
    public PretrainingOptions For(bool gpu)
    {
        var tokens = BatchTokens ?? (gpu ? GpuBatchTokens : CpuBatchTokens);
        return this with
        {
            BatchTokens = tokens,
            LearningRate = LearningRate ?? 1.2e-3 * 256 / ModelSize.Of(Size).Hidden * Math.Sqrt((double)tokens / GpuBatchTokens),
        };
    }

    /// <summary>The same for the training loop.</summary>
    public Optimisation ToOptimisation() => new()
    {
        Epochs = Epochs,
        MaxMinutes = MaxMinutes,
        BatchTokens = BatchTokens,
        MaxLength = PretrainingData.MaxLength,
        LearningRate = LearningRate,
        WarmupRatio = 0.04,
        EarlyStopping = null,
        Seed = Seed,
    };
}
