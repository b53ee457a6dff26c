using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Inference;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Onnx;
using Droptune.TrainingJob.Training.Data;

namespace Droptune.TrainingJob.Training.Trials;

/// <summary>
/// k-fold cross-validation (Stone 1974), for data too few to hold some back: train and dev are cut into parts, for each a model is made without
/// it, and what that answers to it stands for the answers of the model that is made of all. Test is no part of it.
/// </summary>
/// <param name="data">Whose few examples are cut.</param>
/// <param name="seed">Of the cut.</param>
/// <param name="folder">Where answers are kept until all are there; null = nowhere.</param>
/// <param name="identity">Of the run: what another left in the folder is nothing to it.</param>
internal sealed class CrossValidation(TrainingData data, int seed, string? folder, string identity)
{
    public const int Folds = 5;

    private const int LeastDev = 10; // examples a text label: fewer say little of a label, and are missed in training
    private const int BatchSize = 64;

    private readonly List<Example> _examples = [.. data.FewExamples!, .. data.Dev.Examples];

    /// <summary>Whether text labels have few examples, and dev too few to be told by.</summary>
    public static bool IsNeeded(TrainingData data) => data.FewExamples is not null && data.Dev.Count < LeastDev * data.TextLabels!.Count;

    /// <summary>What the checkpoints of a fold's training begin with.</summary>
    public static string PrefixOf(int fold) => $"fold-{fold}-";

    /// <summary>Everything that is learned from in the end.</summary>
    public IReadOnlyList<Example> Examples => _examples;

    /// <summary>The answers by ONNX file.</summary>
    /// <param name="train">Makes a model of a part of the data; the number is the fold's, from 1.</param>
    /// <param name="finished">Called after each fold, so that its answers are stored safely.</param>
    /// <param name="cancellationToken">Ends it; finished folds are not repeated.</param>
    public IReadOnlyDictionary<string, OutOfFoldAnswers> Run(Func<TrainingData, int, BertModel> train, Action finished, CancellationToken cancellationToken)
    {
        var kept = Read() ?? new(identity, 0, new() { [ModelFileNames.Onnx] = [], [ModelFileNames.Int8Onnx] = [] });
        var folds = Cut();
        while (kept.Done < Folds)
        {
            var fold = kept.Done;
            List<Example> held = [.. _examples.Where((_, i) => folds[i] == fold)];
            if (held.Count > 0)
            {
                using var model = train(data.With([.. _examples.Where((_, i) => folds[i] != fold)], held), fold + 1);
                Answer(model, held, kept.Answers, cancellationToken);
            }

            kept = kept with { Done = fold + 1 };
            Write(kept);
            Forget(fold + 1);
            finished();
        }

        return kept.Answers.ToDictionary(file => file.Key, file => new OutOfFoldAnswers { Folds = Folds, Answers = file.Value });
    }

    /// <summary>The fold of each example: every label is spread evenly, and texts that say the same stay together.</summary>
    private int[] Cut()
    {
        var folds = new int[_examples.Count];
        var next = 0;
        var texts = _examples.Index().GroupBy(example => TextHash.NormalisedOf(example.Item)).Select(same => same.ToList()).ToArray();
        new Random(seed).Shuffle(texts);
        foreach (var text in texts.OrderBy(same => same[0].Item.Label, StringComparer.Ordinal))
        {
            foreach (var (index, _) in text)
            {
                folds[index] = next % Folds;
            }

            next++;
        }

        return folds;
    }

    private void Answer(BertModel model, List<Example> held, Dictionary<string, Dictionary<string, OutOfFoldAnswer>> answers, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchSpace();
        var made = scratch.NewFolder().Path;
        ModelFolder.Write(made, model, data.Tokenizer, thresholds: null).WriteInt8();
        foreach (var (file, byText) in answers)
        {
            using var served = ServedModel.Load(made, file: file);
            foreach (var inputs in held.Select(PredictInput.Of).Chunk(BatchSize))
            {
                foreach (var (input, prediction) in inputs.Zip(served.PredictAsync(inputs, cancellationToken).GetAwaiter().GetResult()))
                {
                    byText[OutOfFoldAnswers.KeyOf(input)] = OutOfFoldAnswer.Of(prediction);
                }
            }
        }
    }

    private string? PathOf => folder is null ? null : Path.Combine(folder, "folds.json");

    private Kept? Read() => File.Exists(PathOf) && JsonSerializer.Deserialize<Kept>(File.ReadAllText(PathOf), DroptuneJson.Compact) is { } kept && kept.Identity == identity ? kept : null;

    private void Write(Kept kept)
    {
        if (PathOf is { } path)
        {
            Directory.CreateDirectory(folder!);
            File.WriteAllText(path + ".tmp", JsonSerializer.Serialize(kept, DroptuneJson.Compact));
            File.Move(path + ".tmp", path, overwrite: true);
        }
    }

    /// <summary>What a fold's training left is of no more use.</summary>
    private void Forget(int fold)
    {
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, PrefixOf(fold) + "*") : [])
        {
            File.Delete(file);
        }
    }

    private sealed record Kept(string Identity, int Done, Dictionary<string, Dictionary<string, OutOfFoldAnswer>> Answers);
}
