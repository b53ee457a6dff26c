namespace Droptune.Core.Metrics;

/// <summary>
/// The one figure that epochs are kept by, versions compared and promoted by, and shown first everywhere: the entities' micro F1
/// where the task has entities, the accuracy of text labels where each text has one (their micro F1 where it has several), the mean
/// of both for a joint task.
/// </summary>
public static class MainScore
{
    /// <summary>What it is called in options, progress, records and tables.</summary>
    public const string Name = "main";

    /// <param name="entityF1">Null where the task has no entities.</param>
    /// <param name="labelScore">Accuracy or micro F1; null where the task has no text labels.</param>
    public static double Of(double? entityF1, double? labelScore) =>
        (entityF1, labelScore) is ({ } f1, { } labels) ? (f1 + labels) / 2 : entityF1 ?? labelScore ?? 0;
}
