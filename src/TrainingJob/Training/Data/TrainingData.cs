using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Labels;
using Droptune.Core.Text;
using Droptune.Core.Text.Loading;
using Droptune.Core.Text.Pieces;
using Droptune.Core.Text.WordPiece;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>A snapshot, encoded once for the model that is to be trained on it.</summary>
/// <param name="Task">What is learned.</param>
/// <param name="Tokenizer">The model's.</param>
/// <param name="Tags">Null without tags.</param>
/// <param name="TextLabels">Null without text labels.</param>
/// <param name="Train">The training split.</param>
/// <param name="Texts">What masked-language modelling reads: the training split and the texts without labels, if there are any.</param>
/// <param name="Dev">The dev split.</param>
/// <param name="Combinations">The labels that texts have together, where a text can have several; else null.</param>
/// <param name="FewExamples">What <paramref name="Train"/> was made of where text labels have few examples of it, see <see cref="Optimisation.FewShot"/>; else null.</param>
/// <param name="TrainExamples">The number of examples that <paramref name="Train"/> was made of.</param>
/// <param name="MaxLength">Pieces a sequence.</param>
/// <param name="IsRunningText">Whether the dataset's words were joined as they stand in a text.</param>
public sealed record TrainingData(
    TaskKind Task, Tokenizer Tokenizer, LabelSet? Tags, LabelSet? TextLabels, EncodedSplit Train, EncodedSplit Texts, DevSet Dev,
    LabelCombinations? Combinations, IReadOnlyList<Example>? FewExamples, int TrainExamples, int MaxLength, bool IsRunningText)
{
    private const int LeastLength = 32;

    public long[]? TagCounts => Tags is null ? null : Train.CountTags(Tags.Count);

    public long[]? TextCounts => Combinations?.CountLabels(Train) ?? (TextLabels is null ? null : Train.CountTextLabels(TextLabels.Count));

    /// <summary>Reads the snapshot; from scratch the vocabulary is made of the training split.</summary>
    public static TrainingData Load(FineTuningInput input, Optimisation options)
    {
        var task = input.Spec.Task;
        var examples = Read(input.SnapshotFolder, SnapshotFile.Of(Split.Train));
        var dev = Read(input.SnapshotFolder, SnapshotFile.Of(Split.Dev));
        if (examples.Count == 0 || dev.Count == 0)
        {
            throw new InvalidDataException($"{input.SnapshotFolder} has {examples.Count} training and {dev.Count} dev examples: both are needed");
        }

        var texts = options.Pretrain is null && options.Search is null ? [] : Read(input.SnapshotFolder, SnapshotFile.Unlabelled);
        var words = examples;
        var isRunning = RunningText.IsNeeded(examples);
        if (isRunning)
        {
            (examples, dev, texts) = (examples.ConvertAll(RunningText.Join), dev.ConvertAll(RunningText.Join), texts.ConvertAll(RunningText.Join));
        }

        var labelled = examples.Concat(dev);
        var tokenizer = input.BaseModelFolder is { } folder
            ? TokenizerFolder.Load(folder).FitTo(labelled)
            : NewTokenizer(words, texts, labelled, isRunning, options);
        var tags = task.HasEntities() ? LabelSet.OfTags(examples) : null;
        var textLabels = task.HasTextLabels() ? LabelSet.OfTexts(examples) : null;
        var combinations = textLabels is not null && HasSeveralLabels(task, examples) ? new LabelCombinations(textLabels) : null;
        var maxLength = input.BaseModelFolder is null
            ? ReadingLength(examples.ConvertAll(example => EncodedSplit.Tokenize(example, tokenizer).Ids.Length + 2), task.HasEntities(), options.MaxLength)
            : options.MaxLength;
        var train = EncodedSplit.Of(EncodedSplit.Tokenize(examples, tokenizer), tokenizer, tags, textLabels, maxLength, combinations);
        var all = texts.Count == 0 ? train : EncodedSplit.Of(EncodedSplit.Tokenize(examples.Concat(texts), tokenizer), tokenizer, null, null, maxLength);
        var isFew = textLabels is not null && combinations is null && IsFew(train.CountTextLabels(textLabels.Count), options.FewShot, input.BaseModelFolder is null);
        return new(
            task, tokenizer, tags, textLabels, train, all, new(dev, tokenizer, tags, textLabels, maxLength, combinations), combinations,
            isFew ? examples : null, examples.Count, maxLength, isRunning);
    }

    /// <summary>The same with other examples to train on and to measure on; labels and tokenizer stay.</summary>
    public TrainingData With(IReadOnlyList<Example> train, IReadOnlyList<Example> dev) => this with
    {
        Train = EncodedSplit.Of(EncodedSplit.Tokenize(train, Tokenizer), Tokenizer, Tags, TextLabels, MaxLength, Combinations),
        TrainExamples = train.Count,
        FewExamples = FewExamples is null ? null : train,
        Dev = new(dev, Tokenizer, Tags, TextLabels, MaxLength, Combinations),
    };

    private static bool IsFew(long[] counts, string? asked, bool isScratch) => asked switch
    {
        "on" => true,
        "off" => false,
        _ => !isScratch && counts.Order().ElementAt(counts.Length / 2) < Optimisation.FewExamples,
    };

    private static bool HasSeveralLabels(TaskKind task, List<Example> examples)
    {
        var areSeveral = examples.Exists(example => example.Labels is not null);
        return areSeveral && task == TaskKind.TextClassification
            ? throw new InvalidDataException($"The texts of the snapshot have several labels: the task is {DroptuneJson.Word(TaskKind.MultiLabelClassification)}")
            : areSeveral || task == TaskKind.MultiLabelClassification;
    }

    /// <summary>
    /// A model from scratch reads what it was shown: a text that is longer than nearly all of its training texts, in windows of their
    /// length; of twice that where it is shown joined ones.
    /// </summary>
    private static int ReadingLength(List<int> lengths, bool areJoined, int most)
    {
        lengths.Sort();
        var usual = lengths[(int)((lengths.Count - 1) * 0.99)];
        return Math.Clamp(areJoined ? 2 * usual : usual, Math.Min(LeastLength, most), most);
    }

    private static WordPieceTokenizer NewTokenizer(List<Example> train, List<Example> texts, IEnumerable<Example> labelled, bool isRunning, Optimisation options)
    {
        var letters = options.Tokenizer ?? new();
        var tokenizer = new TokenizerOptions { LowerCase = letters.Lowercase ?? !CaseEvidence.IsCarriedBy(train), StripAccents = letters.StripAccents };
        tokenizer = tokenizer with { SmallUnits = tokenizer.UnitsFor(labelled) };
        var all = train.Concat(texts);
        return new(
            isRunning ? WordPieceTrainer.Train(all.Select(RunningText.Cut), tokenizer, options.VocabularySize)
                : WordPieceTrainer.Train(all, tokenizer, options.VocabularySize),
            tokenizer);
    }

    private static List<Example> Read(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? [.. SnapshotReader.Read(path)] : [];
    }
}
