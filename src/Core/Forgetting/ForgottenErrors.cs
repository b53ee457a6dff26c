using Droptune.Core.Evaluation;
using Droptune.Core.Stores;

namespace Droptune.Core.Forgetting;

/// <summary>Takes the examples that an evaluation shows out of its report.</summary>
public static class ForgottenErrors
{
    /// <summary>The report without the errors on these texts; the same where it shows none of them. The scores stay.</summary>
    public static EvaluationReport Without(this EvaluationReport report, IReadOnlySet<ulong> forgotten)
    {
        if (forgotten.Count == 0 || !report.Evaluated().SelectMany(evaluation => evaluation.Splits.Values).SelectMany(split => split.Errors).Any(IsOf))
        {
            return report;
        }

        return report with
        {
            Splits = Without(report.Splits),
            TrainedOn = report.TrainedOn is { } trained ? trained with { Splits = Without(trained.Splits) } : null,
        };

        bool IsOf(ExampleError error) => forgotten.Contains(ForgottenTexts.KeyOf(error.Text));

        Dictionary<Split, SplitEvaluation> Without(IReadOnlyDictionary<Split, SplitEvaluation> splits) =>
            splits.ToDictionary(split => split.Key, split => split.Value with { Errors = [.. split.Value.Errors.Where(error => !IsOf(error))] });
    }
}
