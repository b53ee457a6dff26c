using System.Text.Json.Serialization;
using Droptune.Core.Metrics;
using Droptune.Core.Models;

namespace Droptune.Core.Jobs;

/// <summary>
/// How to train. A null default depends on whether a base model is fine-tuned or a model starts from scratch: see
/// <see cref="For"/>. An unknown key is refused, so that a misspelt option is not silently without effect.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Optimisation
{
    /// <summary>Only "adamw": nothing else trains transformers as reliably.</summary>
    public string Optimizer { get; init; } = "adamw";

    /// <summary>Passes over the training data; a base model needs few, random weights many.</summary>
    public int? Epochs { get; init; }

    /// <summary>Tokens a batch, padding included: short texts make large batches.</summary>
    public int? BatchTokens { get; init; }

    /// <summary>Batches whose gradients are added up for one step: a larger batch than memory holds.</summary>
    public int GradientAccumulation { get; init; } = 1;

    /// <summary>Pieces a sequence, [CLS] and [SEP] included; longer examples become overlapping windows.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>Peak learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Factor of the learning rate from each layer to the one below: under 1, low layers keep what the base model knows.</summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>Parts from the bottom that are not trained: 1 = the embeddings, 2 = those and the first layer, and so on.</summary>
    public int FrozenLayers { get; init; }

    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Part of all steps in which the learning rate rises from 0.</summary>
    public double WarmupRatio { get; init; } = 0.1;

    /// <summary>How the learning rate goes on after that: "linear" or "cosine" to 0, or "constant".</summary>
    public string Schedule { get; init; } = "linear";

    /// <summary>Largest global L2 norm of the gradient.</summary>
    public double GradientClip { get; init; } = 1.0;

    public double? Dropout { get; init; }

    /// <summary>Part of the pieces that training replaces by [UNK], so that a model also goes by context.</summary>
    public double? PieceDropout { get; init; }

    /// <summary>Part of the entities that each epoch replaces by others of their label.</summary>
    public double? MentionSwap { get; init; }

    /// <summary>
    /// Texts, at most, that each epoch also reads joined to longer ones, so that entities are found in long texts as well. Only
    /// where there are entities.
    /// </summary>
    public int? JoinedTexts { get; init; }

    /// <summary>
    /// Standard deviation of random weights. Null from scratch = 0.8 / √width: BERT's 0.02 is made for 768, and leaves a narrow
    /// model's layers almost without effect for many steps. A base model's heads start by its own configuration.
    /// </summary>
    public double? InitializerRange { get; init; }

    /// <summary>Pieces of the vocabulary that a model from scratch gets at most.</summary>
    public int VocabularySize { get; init; } = DefaultVocabularySize;

    /// <summary>What the vocabulary of a model from scratch does with letters; null = as the data show.</summary>
    public Letters? Tokenizer { get; init; }

    /// <summary>
    /// What helps where text labels have few examples: supervised contrast beside the classifier, more epochs, and, where dev has fewer than ten
    /// examples a label, cross-validation in its place. "on", "off", or null = "auto": for a base model, where half of the labels have fewer than
    /// <see cref="FewExamples"/> in train. Without effect where a text can have several labels, or none.
    /// </summary>
    public string? FewShot { get; init; }

    public double LabelSmoothing { get; init; }

    /// <summary>Weight of each class in the loss: "none", "inverse" (frequency) or "effective" (number of examples).</summary>
    public string ClassWeights { get; init; } = "none";

    /// <summary>Above 0 the focal loss: what is predicted well already counts less; 2 is usual.</summary>
    public double FocalGamma { get; init; }

    /// <summary>Above 0 the moving average of the weights is evaluated and kept instead of the last ones; 0.999 is usual.</summary>
    public double AverageDecay { get; init; }

    /// <summary>The likeliest legal IOB2 sequence instead of each unit's likeliest tag, while training and when served.</summary>
    public bool ConstrainedDecoding { get; init; } = true;

    /// <summary>Null = every epoch is run; the best one is kept in any case.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] // left out, null would be read back as the default
    public EarlyStopping? EarlyStopping { get; init; } = new();

    /// <summary>
    /// Of matrix products while training: "float32", "bfloat16", "float16" (with a scaled loss), or "auto": on a GPU the first
    /// of bfloat16 and float16 that it has, else float32.
    /// </summary>
    public string Precision { get; init; } = "auto";

    /// <summary>The same seed gives the same model on the CPU.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Training ends after this time with the best model so far.</summary>
    public double? MaxMinutes { get; init; }

    /// <summary>Masked-language modelling on the training texts before fine-tuning; null = none.</summary>
    public Pretraining? Pretrain { get; init; }

    /// <summary>A search for the options below; null = none.</summary>
    public Search? Search { get; init; }

    /// <summary>Whether a vocabulary is asked for that only a model from scratch makes.</summary>
    public bool WantsOwnVocabulary() => Tokenizer is not null || VocabularySize != DefaultVocabularySize;

    /// <summary>See <see cref="FewShot"/>.</summary>
    public const int FewExamples = 50;

    /// <summary>Of BERT-base, which a base model's defaults are known for: 2e-5 is its rate, and 8e-4 does best at a third of it (bench/results/base.md).</summary>
    private const int FullWidth = 768;

    private const int DefaultVocabularySize = 8000;

    /// <summary>
    /// The options with every default filled in, as for a CPU: a GPU has larger batches where they are left open. The epochs of a base
    /// model stay open until its data are known, see <see cref="EpochsFor"/>.
    /// </summary>
    /// <param name="model">What the training starts from.</param>
    /// <param name="width">Of the base model's layers.</param>
    public Optimisation For(BaseModel model, int width = FullWidth) => model.Name == BaseModel.Scratch
        ? this with
        {
            Epochs = Epochs ?? 20,
            // Small batches make more steps of an epoch; wider models are too slow with the smallest.
            BatchTokens = BatchTokens ?? (ModelSize.Of(model.Size).Hidden > 128 ? 1024 : 512),
            LearningRate = LearningRate ?? 2e-3 * 128 / ModelSize.Of(model.Size).Hidden, // the wider, the smaller its steps must be
            Dropout = Dropout ?? 0.1,
            PieceDropout = PieceDropout ?? 0.1,
            MentionSwap = MentionSwap ?? 0.3,
            JoinedTexts = JoinedTexts ?? 500,
        }
        : this with
        {
            BatchTokens = BatchTokens ?? (width < FullWidth ? 1024 : 4096),
            LearningRate = LearningRate ?? Math.Min(8e-4, 2e-5 * Math.Pow((double)FullWidth / width, 10.0 / 3)),
            Dropout = Dropout ?? 0.1,
            PieceDropout = PieceDropout ?? 0,
            MentionSwap = MentionSwap ?? 0,
            JoinedTexts = JoinedTexts ?? 0,
        };

    /// <summary>These where text labels have few examples: contrast learns from pairs, and large batches have many.</summary>
    /// <param name="asked">The options as they were asked for.</param>
    public Optimisation ForFewExamples(Optimisation asked) => this with { FewShot = "on", BatchTokens = asked.BatchTokens ?? 4096 };

    /// <summary>Epochs of a base model where they are left open: few pass a large dataset, a small one is seen more often.</summary>
    /// <param name="steps">Steps of an epoch.</param>
    /// <param name="fewShot">Whether text labels have few examples.</param>
    public static int EpochsFor(int steps, bool fewShot = false) =>
        fewShot ? Math.Clamp((int)Math.Round(250.0 / steps), 5, 150) : Math.Clamp((int)Math.Round(500.0 / steps), 5, 40);
}

/// <summary>What a tokenizer that is made of the training data does with letters.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Letters
{
    /// <summary>Whether case is lost; null = unless it carries labels, see <see cref="Text.CaseEvidence"/>.</summary>
    public bool? Lowercase { get; init; }

    /// <summary>Whether letters lose their marks.</summary>
    public bool StripAccents { get; init; }
}

/// <summary>Stops when a score on dev has not improved for some epochs.</summary>
/// <param name="Metric">
/// "main": see <see cref="MainScore"/>; "accuracy" of tags or text labels, or the mean of both; "loss".
/// </param>
/// <param name="Patience">Epochs; null = half of all: much is gained at the end, when the learning rate is small.</param>
public sealed record EarlyStopping(string Metric = MainScore.Name, int? Patience = null)
{
    /// <summary>What the first version called the score that it kept epochs by.</summary>
    internal const string FirstName = "f1";

    [JsonPropertyOrder(-1)] // first, as ids were made of it
    public string Metric { get; init; } = Metric == FirstName ? MainScore.Name : Metric;
}

/// <summary>Masked-language modelling (Devlin et al. 2018; as a preparation for a task Gururangan et al. 2020).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Pretraining
{
    public int Epochs { get; init; } = 10;

    /// <summary>Null = 5e-5 for a base model, the fine-tuning rate from scratch.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Part of the pieces that are to be guessed.</summary>
    public double MaskedPart { get; init; } = 0.15;
}

/// <summary>Successive halving: many trials for a short time, the better half for twice as long, until one is left.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Search
{
    public int Trials { get; init; } = 8;

    /// <summary>Time for all trials together.</summary>
    public double MaxMinutes { get; init; } = 30;
}
