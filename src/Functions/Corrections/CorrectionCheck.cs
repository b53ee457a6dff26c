using Droptune.Core.Datasets.Gate;

namespace Droptune.Functions.Corrections;

/// <summary>Checks a correction as the gate checks a record, so that one that is taken never gets the dataset rejected.</summary>
public static class CorrectionCheck
{
    private const int MostNames = 20;

    /// <summary>
    /// What is wrong with a correction, for the dataset as it was accepted last (null = there is none yet: the text and its
    /// spans are checked alone).
    /// </summary>
    public static IReadOnlyList<Finding> Findings(Example example, DatasetReport? dataset)
    {
        if (example.Text is null)
        {
            return [NewError(FindingCode.MissingField, "There is no text.")];
        }

        var findings = DatasetGate.CheckExample(example, dataset?.Manifest.Validation ?? new(), dataset?.Units);
        return dataset?.Task is { } task ? [.. findings, .. AgainstTask(example, task, dataset.Manifest.HasSeveralLabels()), .. AgainstLabels(example, dataset)] : [.. findings];
    }

    /// <summary>The first error; null when there is none.</summary>
    public static Finding? Error(Example example, DatasetReport? dataset) =>
        Findings(example, dataset).FirstOrDefault(finding => finding.Severity == Severity.Error);

    private static IEnumerable<Finding> AgainstTask(Example example, TaskKind task, bool hasSeveralLabels)
    {
        var (hasEntities, hasLabel) = (task.HasEntities(), task.HasTextLabels());
        if (hasEntities && example.Entities is null)
        {
            yield return NewError(FindingCode.MissingTags, "There are no entities; every example of the dataset says which it has.");
        }

        if (hasLabel && hasSeveralLabels && example.Labels is null)
        {
            yield return NewError(
                FindingCode.MissingLabel, "There are no labels; every example of the dataset says which it has.",
                "Give the right ones as labels, a list: an empty one if there are none.");
        }

        if (hasLabel && !hasSeveralLabels && example.Label is null)
        {
            yield return NewError(
                FindingCode.MissingLabel, $"There is no label; every example of the dataset has one{(example.Labels is null ? "" : ", and no list of them")}.");
        }

        if (!hasEntities && example.Entities is not null)
        {
            yield return NewError(FindingCode.TaskMismatch, "There are entities; the dataset has none.", "Leave the entities out.");
        }

        if (!hasLabel && example.TextLabels() is not null)
        {
            yield return NewError(FindingCode.TaskMismatch, "There is a label of the text; the dataset has none.", "Leave the label out.");
        }
    }

    private static IEnumerable<Finding> AgainstLabels(Example example, DatasetReport dataset)
    {
        var labels = example.TextLabels() ?? [];
        return UnknownOf((example.Entities ?? []).Select(entity => entity.Label), "entity label", dataset.EntityLabels)
            .Concat(UnknownOf(labels, "text label", dataset.TextLabels));
    }

    // Without any label of the kind, it is the kind that does not fit: the task says so.
    private static IEnumerable<Finding> UnknownOf(IEnumerable<string> labels, string kind, IReadOnlyList<string> known) =>
        known.Count == 0 ? [] : labels.Distinct().Except(known).Select(label => Unknown(label, kind, known));

    private static Finding Unknown(string label, string kind, IReadOnlyList<string> known)
    {
        var names = string.Join(", ", known.Take(MostNames)) + (known.Count > MostNames ? ", …" : "");
        return NewError(
            FindingCode.LabelNotInTrain, $"'{label}' is no {kind} of the dataset, which has: {names}.",
            "Choose one of these. A new label comes with a file of examples in the dataset.");
    }

    /// <summary>What is wrong with a text that is to be forgotten.</summary>
    public static Finding Forgotten { get; } = NewError(FindingCode.ForgottenText, "The text is to be forgotten.", "Leave it out.");

    private static Finding NewError(FindingCode code, string message, string? advice = null) =>
        new() { Code = code, Severity = Severity.Error, Message = message, Advice = advice ?? FindingRule.Of(code).Advice };
}
