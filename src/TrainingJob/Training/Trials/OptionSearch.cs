namespace Droptune.TrainingJob.Training.Trials;

/// <summary>
/// Successive halving (Jamieson and Talwalkar 2016): random options, trained for a few epochs; the better half again for twice
/// as many, until one is left. The first trial is the options as given, so that the search never ends below them.
/// </summary>
internal sealed class OptionSearch(BaseModel start, Optimisation options, int seed, string? recordPath, TimeProvider clock)
{
    private const int FewestEpochs = 2; // the first only shows that a model learns at all

    private readonly List<TrialRecord> _done = Read(recordPath);

    /// <summary>Every trial with its score.</summary>
    public IReadOnlyList<TrialRecord> Trials => _done;

    /// <summary>The best options found.</summary>
    /// <param name="train">Trains by options and gives the score on dev.</param>
    /// <param name="note">Receives what is tried now.</param>
    /// <param name="cancellationToken">Ends it; finished trials are not repeated.</param>
    public (BaseModel Start, Optimisation Options) Run(
        Func<BaseModel, Optimisation, CancellationToken, double> train, Action<string> note, CancellationToken cancellationToken)
    {
        var search = options.Search!;
        var started = clock.GetTimestamp();
        var field = Candidates(search.Trials);
        var rounds = (int)Math.Ceiling(Math.Log2(field.Count));
        for (var round = 0; field.Count > 1; round++)
        {
            var epochs = Math.Max(FewestEpochs, options.Epochs!.Value >> (rounds - round));
            var scored = new List<(Candidate Candidate, double Score)>();
            foreach (var (index, candidate) in field.Index())
            {
                var left = search.MaxMinutes - clock.GetElapsedTime(started).TotalMinutes;
                if (left <= 0)
                {
                    break;
                }

                note($"round {round + 1} of {rounds}, trial {index + 1} of {field.Count}: {candidate.Text}");
                scored.Add((candidate, Score(candidate, round, epochs, left, train, cancellationToken)));
            }

            if (scored.Count == 0)
            {
                break; // the time is over: the order of the round before stands
            }

            // A round that was cut short only decides between those that ran.
            field = [.. scored.OrderByDescending(s => s.Score).Take(scored.Count < field.Count ? 1 : (field.Count + 1) / 2).Select(s => s.Candidate)];
        }

        return (field[0].Start, field[0].Options);
    }

    private double Score(
        Candidate candidate, int round, int epochs, double minutesLeft,
        Func<BaseModel, Optimisation, CancellationToken, double> train, CancellationToken cancellationToken)
    {
        if (_done.Find(trial => trial.Options == candidate.Text && trial.Round == round + 1) is { } known)
        {
            return known.Score;
        }

        var began = clock.GetTimestamp();
        var score = train(
            candidate.Start,
            candidate.Options with { Epochs = epochs, MaxMinutes = minutesLeft, Search = null, EarlyStopping = (options.EarlyStopping ?? new()) with { Patience = epochs } },
            cancellationToken);
        _done.Add(new(round + 1, candidate.Text, epochs, score, clock.GetElapsedTime(began).TotalSeconds));
        if (recordPath is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(recordPath)!);
            File.WriteAllText(recordPath, JsonSerializer.Serialize(_done, DroptuneJson.Compact));
        }

        return score;
    }

    private List<Candidate> Candidates(int count)
    {
        var random = new Random(seed);
        var candidates = new List<Candidate> { new(start, options) };
        string[] sizes = ["tiny", "mini", "small"];
        while (candidates.Count < count)
        {
            var fromScratch = start.Name == BaseModel.Scratch;
            candidates.Add(new(
                fromScratch && start.Size is null ? start with { Size = random.GetItems(sizes, 1)[0] } : start,
                options with
                {
                    LearningRate = options.LearningRate * Math.Pow(4, (2 * random.NextDouble()) - 1), // a quarter to four times
                    BatchTokens = random.GetItems([512, 1024, 2048, 4096], 1)[0],
                    Dropout = random.GetItems([0, 0.1, 0.2, 0.3], 1)[0],
                    Pretrain = fromScratch && options.Pretrain is null && random.Next(2) == 0 ? new() : options.Pretrain,
                }));
        }

        return candidates;
    }

    private static List<TrialRecord> Read(string? path) => path is not null && File.Exists(path)
        ? JsonSerializer.Deserialize<List<TrialRecord>>(File.ReadAllText(path), DroptuneJson.Compact)!
        : [];

    private sealed record Candidate(BaseModel Start, Optimisation Options)
    {
        public string Text => string.Create(
            CultureInfo.InvariantCulture,
            $"{(Start.Name == BaseModel.Scratch ? Start.Size ?? ModelSize.Default : Start.Name)}, learning rate {Options.LearningRate:0.0e+0}, batch {Options.BatchTokens}, dropout {Options.Dropout}{(Options.Pretrain is null ? "" : ", pre-trained")}");
    }
}

/// <summary>One trial of a search: its round, options, epochs, best score on dev and time.</summary>
public sealed record TrialRecord(int Round, string Options, int Epochs, double Score, double Seconds);
