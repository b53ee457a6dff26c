namespace Droptune.Core.Metrics;

/// <summary>
/// The one figure that epochs are kept by, versions compared and promoted by, and shown first everywhere: the entities' micro F1
/// where the task has entities, the accuracy of text labels where it has those, the mean of both for a joint task.
/// </summary>
public static class MainScore
{
    /// <summary>What it is called in options, progress, records and tables.</summary>
    public const string Name = "main";

    /// <param name="entityF1">Null where the task has no entities.</param>
    /// <param name="labelAccuracy">Null where the task has no text labels.</param>
    public static double Of(double? entityF1, double? labelAccuracy) =>
        (entityF1, labelAccuracy) is ({ } f1, { } accuracy) ? (f1 + accuracy) / 2 : entityF1 ?? labelAccuracy ?? 0;
}
