using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Jobs;
using Droptune.Core.Text;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>A snapshot, encoded once for the model that is to be trained on it.</summary>
public sealed record TrainingData(
    TaskKind Task, WordPieceTokenizer Tokenizer, LabelSet? Tags, LabelSet? TextLabels, EncodedSplit Train, DevSet Dev, int TrainExamples)
{
    public long[]? TagCounts => Tags is null ? null : Train.CountTags(Tags.Count);

    public long[]? TextCounts => TextLabels is null ? null : Train.CountTextLabels(TextLabels.Count);

    /// <summary>Reads the snapshot; from scratch the vocabulary is made of the training split.</summary>
    public static TrainingData Load(FineTuningInput input, Optimisation options)
    {
        var task = input.Spec.Task;
        var examples = Read(input.SnapshotFolder, "train");
        var dev = Read(input.SnapshotFolder, "dev");
        if (examples.Count == 0 || dev.Count == 0)
        {
            throw new InvalidDataException($"{input.SnapshotFolder} has {examples.Count} training and {dev.Count} dev examples: both are needed");
        }

        var tokenizer = input.BaseModelFolder is { } folder
            ? WordPieceTokenizer.Load(folder)
            : NewTokenizer(examples, options.VocabularySize);
        var tags = task == TaskKind.TextClassification ? null : LabelSet.OfTags(examples);
        var textLabels = task == TaskKind.TokenClassification ? null : LabelSet.OfTexts(examples);
        var train = EncodedSplit.Of(
            examples.Select(e => (e, EncodedSplit.Tokenize(e, tokenizer))), tokenizer, tags, textLabels, options.MaxLength);

        return new(task, tokenizer, tags, textLabels, train, new(dev, tokenizer, tags, textLabels, options.MaxLength), examples.Count);
    }

    private static WordPieceTokenizer NewTokenizer(IEnumerable<Example> examples, int size)
    {
        var options = new TokenizerOptions();
        return new(WordPieceTrainer.Train(examples, options, size), options);
    }

    private static List<Example> Read(string folder, string split) =>
        [.. SnapshotReader.Read(Path.Combine(folder, $"{split}.jsonl.gz"))];
}
