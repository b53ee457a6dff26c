using Droptune.Core.Reports.Markup;

namespace Droptune.TrainingJob.Training.Reports;

/// <summary>The <c>README.md</c> of a model version: what it is, what it was made of, how good it is on dev, how to use it.</summary>
internal static class ModelCard
{
    public static string Write(TrainingRecord record)
    {
        var (spec, counts) = (record.Spec, record.Counts);
        var card = new StringBuilder(CardHeader.Write(spec.Task, record.Start.Name, record.BaseLicence));
        Line($"# {Markdown.Safe(spec.Model)}");
        Line($"");
        Line($"A {record.Family ?? "BERT"} model for {Task(record)}, trained by Droptune on dataset {Markdown.Code(spec.Dataset.Name)} version {Markdown.Code(spec.Dataset.Version)}.");
        Line($"");
        Line($"| | |");
        Line($"|---|---|");
        Row("base", $"{Markdown.Safe(record.Start.Name)}{(record.Start.Size is { } size ? $", {size}" : "")}");
        if (record.BaseWeights is { } weights)
        {
            Row("licence of the base", $"{(record.BaseLicence?.Name is { } licence ? Markdown.Safe(licence) : "not stated")}{(record.BaseLicence?.HasNotice == true ? $"; made of the works in [{ModelFileNames.Notice}]({ModelFileNames.Notice})" : "")}");
            Row("started at random", $"{Names(weights.Missing)}");
            Row("of the base, not used", $"{Names(weights.Unexpected)}");
        }

        Row("parameters", $"{counts.Parameters:N0}");
        Row("vocabulary", $"{counts.Vocabulary:N0} pieces");
        Row("training data", $"{counts.TrainExamples:N0} examples, {counts.TrainTokens:N0} pieces");
        Row("labels", $"{(counts.Tags > 0 ? $"{(counts.Tags - 1) / 2} entity types" : "")}{(counts.Tags > 0 && counts.TextLabels > 0 ? ", " : "")}{(counts.TextLabels > 0 ? $"{counts.TextLabels} text labels" : "")}");
        Row("trained", $"{record.StartedAt:yyyy-MM-dd HH:mm} UTC, {record.Seconds / 60:0.0} minutes on {Markdown.Safe(record.Environment.Gpu?.Name ?? record.Environment.Device)}, {record.Environment.Cores} cores, in {record.Environment.Precision}");
        Row("epochs", $"{record.Curve.Count}, kept the {(record.Folds is null ? $"best: {record.BestEpoch}" : "last")} ({Reason(record.StoppedBecause)})");
        Row("ONNX against TorchSharp", $"logits differ by at most {record.OnnxCheck.LargestDifference:0.0e+0} on {record.OnnxCheck.Rows} rows");
        Line($"");
        if (record.Folds is { } folds)
        {
            Line($"## Out-of-fold ({counts.DevExamples:N0} examples of train and dev)");
            Line($"");
            Line($"The examples were too few to hold some back, and this model learned from all of train and dev. The scores are of {folds} models made in the");
            Line($"same way, each asked for the part that it was made without; `{ModelFileNames.OutOfFold}` has their answers.");
        }
        else
        {
            Line($"## On the dev split ({counts.DevExamples:N0} examples)");
        }

        Line($"");
        Line($"| score | |");
        Line($"|---|---|");
        foreach (var (name, value) in record.Dev)
        {
            Row(name, $"{value:0.0000}");
        }

        Line($"");
        Line($"![Training loss and dev scores by epoch](training.svg)");
        Line($"");
        Line($"## Files");
        Line($"");
        Line($"`model.onnx` takes `input_ids` and `attention_mask` (int64, batch × length). `model.safetensors`, `config.json`, `vocab.txt`");
        Line($"and `tokenizer_config.json` are in Hugging Face's layout. `training.json` has the job spec and every figure above.");
        return card.ToString();

        void Row(string name, FormattableString value) => card.Append(Markdown.Row(name, value.ToString(CultureInfo.InvariantCulture)));

        void Line(FormattableString text) => card.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Task(TrainingRecord record) => record.Counts switch
    {
        { Tags: > 0, TextLabels: > 0 } => "entities and text labels",
        { Tags: > 0 } => "entities",
        _ => "text labels",
    };

    private static string Names(IReadOnlyList<string> parameters) =>
        parameters.Count == 0 ? "nothing" : string.Join(", ", parameters.Select(Markdown.Code));

    private static string Reason(string stopped) => stopped switch
    {
        "early-stopping" => "stopped early: dev no longer improved",
        "budget" => "stopped by the time budget",
        _ => "all that were asked for",
    };
}
