namespace Droptune.Functions.Corrections.Folding;

/// <summary>Folds corrections into their datasets once enough of them wait.</summary>
public sealed class FoldFeedback(CorrectionFold fold)
{
    [Function(nameof(FoldFeedback))]
    public Task RunAsync([TimerTrigger("%FeedbackSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => fold.FoldAllAsync(cancellationToken);
}
