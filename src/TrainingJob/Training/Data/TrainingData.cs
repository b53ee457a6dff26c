using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Labels;
using Droptune.Core.Text;
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
/// <param name="TrainExamples">The number of examples that <paramref name="Train"/> was made of.</param>
public sealed record TrainingData(
    TaskKind Task, WordPieceTokenizer Tokenizer, LabelSet? Tags, LabelSet? TextLabels, EncodedSplit Train, EncodedSplit Texts, DevSet Dev,
    LabelCombinations? Combinations, int TrainExamples)
{
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
        var tokenizer = input.BaseModelFolder is { } folder
            ? WordPieceTokenizer.Load(folder)
            : NewTokenizer(examples, texts, options);
        var tags = task.HasEntities() ? LabelSet.OfTags(examples) : null;
        var textLabels = task.HasTextLabels() ? LabelSet.OfTexts(examples) : null;
        var combinations = textLabels is not null && HasSeveralLabels(task, examples) ? new LabelCombinations(textLabels) : null;
        var train = Encode(examples, tags, textLabels, combinations);
        return new(
            task, tokenizer, tags, textLabels, train, texts.Count == 0 ? train : Encode(examples.Concat(texts), null, null, null),
            new(dev, tokenizer, tags, textLabels, options.MaxLength, combinations), combinations, examples.Count);

        EncodedSplit Encode(IEnumerable<Example> split, LabelSet? tags, LabelSet? textLabels, LabelCombinations? combinations) => EncodedSplit.Of(
            split.Select(e => (e, EncodedSplit.Tokenize(e, tokenizer))), tokenizer, tags, textLabels, options.MaxLength, combinations);
    }

    private static bool HasSeveralLabels(TaskKind task, List<Example> examples)
    {
        var areSeveral = examples.Exists(example => example.Labels is not null);
        return areSeveral && task == TaskKind.TextClassification
            ? throw new InvalidDataException($"The texts of the snapshot have several labels: the task is {DroptuneJson.Word(TaskKind.MultiLabelClassification)}")
            : areSeveral || task == TaskKind.MultiLabelClassification;
    }

    private static WordPieceTokenizer NewTokenizer(List<Example> train, List<Example> texts, Optimisation options)
    {
        var letters = options.Tokenizer ?? new();
        var tokenizer = new TokenizerOptions { LowerCase = letters.Lowercase ?? !CaseEvidence.IsCarriedBy(train), StripAccents = letters.StripAccents };
        return new(WordPieceTrainer.Train(train.Concat(texts), tokenizer, options.VocabularySize), tokenizer);
    }

    private static List<Example> Read(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? [.. SnapshotReader.Read(path)] : [];
    }
}
