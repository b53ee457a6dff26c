using Droptune.Core.Metrics;
using Droptune.TrainingJob.Training.Optimizer;

namespace Droptune.TrainingJob.Training;

/// <summary>Where a training is, beside its tensors: with them it can be continued anywhere.</summary>
public sealed record TrainingState
{
    /// <summary>1-based.</summary>
    public int Epoch { get; set; } = 1;

    /// <summary>Batches of the epoch that are done.</summary>
    public int Batches { get; set; }

    /// <summary>Parts that each batch is computed in, because memory is too small for all of it; their gradients are added up.</summary>
    public int Parts { get; set; } = 1;

    /// <summary>Real tokens of the epoch that are done.</summary>
    public long Tokens { get; set; }

    /// <summary>Time of the epoch so far.</summary>
    public double EpochSeconds { get; set; }

    /// <summary>Time of all, over all attempts.</summary>
    public double Seconds { get; set; }

    /// <summary>The learning rate of each step done.</summary>
    public List<double> Rates { get; init; } = [];

    /// <summary>Of a training in float16; else null.</summary>
    public LossScale? LossScale { get; set; }

    public List<EpochRecord> Curve { get; init; } = [];

    /// <summary>0 before the first evaluation.</summary>
    public int BestEpoch { get; set; }

    public double BestScore { get; set; } = double.MinValue;

    /// <summary>Dev's loss of that epoch.</summary>
    public double BestLoss { get; set; } = double.MaxValue;

    /// <summary>The first epoch with that score.</summary>
    public int ProgressEpoch { get; set; }

    /// <summary>Null while it goes on.</summary>
    public string? StoppedBecause { get; set; }
}

/// <summary>How a training went.</summary>
/// <param name="BestEpoch">1-based.</param>
/// <param name="Curve">Every epoch.</param>
/// <param name="StoppedBecause">"epochs", "early-stopping" or "budget".</param>
public sealed record TrainingOutcome(int BestEpoch, IReadOnlyList<EpochRecord> Curve, string StoppedBecause)
{
    /// <summary>Scores on dev of the epoch that was kept; out-of-fold ones where dev was learned from.</summary>
    public IReadOnlyDictionary<string, double> Dev { get => field ?? Curve[BestEpoch - 1].Dev; init; }

    /// <summary>From which probability on each text label holds, where a text can have several; else null, as of a trial.</summary>
    public IReadOnlyList<float>? Thresholds { get; init; }

    /// <summary>How the loss of a training in float16 was scaled at its end; else null.</summary>
    public LossScale? LossScale { get; init; }

    /// <summary>The main score of that epoch.</summary>
    public double Main => Dev[MainScore.Name];
}

/// <summary>One epoch: mean training loss, learning rate at its end, real tokens a second, seconds of training, scores on dev.</summary>
public sealed record EpochRecord(
    int Epoch, int Step, double Loss, double LearningRate, double TokensPerSecond, double Seconds, IReadOnlyDictionary<string, double> Dev)
{
    /// <summary>The epoch of a checkpoint of the first version, which had no main score, but all that it is made of.</summary>
    public EpochRecord WithMain()
    {
        if (Dev.Count == 0 || Dev.ContainsKey(MainScore.Name))
        {
            return this;
        }

        double? f1 = Dev.TryGetValue("f1", out var entities) ? entities : null;
        double? accuracy = Dev.TryGetValue("accuracy", out var labels) ? labels : null;
        return this with { Dev = new Dictionary<string, double>(Dev) { [MainScore.Name] = MainScore.Of(f1, accuracy) } };
    }
}
