using Droptune.Functions.Hosting;
using Droptune.Functions.Ingestion;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Corrections.Folding;

/// <summary>
/// Folds corrections into the dataset that their model learns from, as a new file of the drop box; its next version is then
/// validated and trained like any other. Texts that the dataset answers otherwise, or that were corrected in two ways, are
/// reported and stay out. What is folded is known by content, so folding may be repeated at any point.
/// </summary>
public sealed class CorrectionFold(
    DroptuneStorage storage, CorrectionStore corrections, ForgottenTexts forgotten, DatasetStore datasets, ModelStore models, IOptions<PipelineOptions> options, TimeProvider clock,
    ILogger<CorrectionFold> logger)
{
    /// <summary>What a fold would do; null when no version of the dataset was accepted yet.</summary>
    public async Task<FoldReport?> ReviewAsync(string dataset, CancellationToken cancellationToken) =>
        await PlanAsync(dataset, cancellationToken) is { } plan ? Report(plan, folded: 0) : null;

    /// <summary>Folds every dataset for which enough corrections wait.</summary>
    public async Task FoldAllAsync(CancellationToken cancellationToken)
    {
        foreach (var dataset in await datasets.ListAsync(cancellationToken))
        {
            if (dataset.AcceptedVersion is not null && await WaitingAsync(dataset.Dataset, cancellationToken) >= options.Value.FeedbackMinimum)
            {
                await FoldAsync(dataset.Dataset, options.Value.FeedbackMinimum, cancellationToken);
            }
        }
    }

    /// <summary>Folds what can be folded, if it is as many as <paramref name="minimum"/>; null when no version of the dataset was accepted yet.</summary>
    public async Task<FoldReport?> FoldAsync(string dataset, int minimum, CancellationToken cancellationToken)
    {
        while (await PlanAsync(dataset, cancellationToken) is { } plan)
        {
            foreach (var (correction, place) in plan.Known)
            {
                await corrections.MarkAsync(correction, place, cancellationToken);
            }

            foreach (var problem in plan.Problems)
            {
                logger.LogWarning("Corrections of dataset {Dataset} are not folded ({Blobs}): {Problem}", dataset, string.Join(", ", problem.Blobs), problem.Message);
            }

            if (plan.Ready.Count == 0 || plan.Ready.Count < minimum)
            {
                return Report(plan, plan.Known.Count);
            }

            if (await WriteAsync(plan, cancellationToken) is { } file)
            {
                var gone = await forgotten.AllAsync(cancellationToken);
                if (plan.Ready.Any(same => IsOf(same.First(), gone)))
                {
                    await storage.Container(StorageNames.Datasets).GetBlobClient(file).DeleteIfExistsAsync(cancellationToken: cancellationToken);
                    continue; // without it
                }

                foreach (var correction in plan.Ready.SelectMany(same => same))
                {
                    await corrections.MarkAsync(correction, file, cancellationToken);
                }

                logger.LogInformation("{Count} corrections are folded into dataset {Dataset}: {File}", plan.Ready.Count, dataset, file);
                return Report(plan with { Ready = [] }, plan.Known.Count + plan.Ready.Sum(same => same.Count())) with { File = file };
            }
        }

        return null;
    }

    private static bool IsOf(Correction correction, IReadOnlySet<ulong> texts) => correction.Example.Text is { } text && texts.Contains(ForgottenTexts.KeyOf(text));

    /// <summary>Null when another fold wrote the file meanwhile.</summary>
    private async Task<string?> WriteAsync(Plan plan, CancellationToken cancellationToken)
    {
        var (day, dataset) = (clock.GetUtcNow(), plan.Dataset);
        var file = Enumerable.Range(1, int.MaxValue).Select(number => CorrectionFile.NameOf(dataset.Dataset, day, number))
            .First(name => !plan.Files.Contains(name));
        var content = CorrectionFile.Write(plan.Ready.Select(same => same.First().Example), dataset.Manifest);
        var isWritten = await storage.Container(StorageNames.Datasets)
            .TryCreateAsync(file, "application/jsonl", BinaryData.FromString(content).ToStream(), cancellationToken);
        return isWritten ? file : null;
    }

    private async Task<int> WaitingAsync(string dataset, CancellationToken cancellationToken)
    {
        var waiting = 0;
        foreach (var model in await models.OfDatasetAsync(dataset, cancellationToken))
        {
            waiting += (await corrections.CountAsync(model, cancellationToken)).Waiting;
        }

        return waiting;
    }

    private async Task<Plan?> PlanAsync(string dataset, CancellationToken cancellationToken)
    {
        if (await datasets.AcceptedReportAsync(dataset, cancellationToken) is not { } report)
        {
            return null;
        }

        var (waiting, folded) = (new List<Correction>(), 0);
        var gone = await forgotten.AllAsync(cancellationToken);
        foreach (var model in await models.OfDatasetAsync(dataset, cancellationToken))
        {
            waiting.AddRange((await corrections.WaitingAsync(model, cancellationToken)).Where(correction => !IsOf(correction, gone)));
            folded += (await corrections.CountAsync(model, cancellationToken)).Folded;
        }

        // Checked again: the dataset's labels may be others than when it was sent.
        var checkedOnes = waiting.ToLookup(correction => CorrectionCheck.Error(correction.Example, report));
        var texts = checkedOnes[null].GroupBy(correction => Answer.KeyOf(correction.Example)).ToList();
        var known = await KnownAnswers.ReadAsync(storage, report, texts.Select(text => text.Key).ToHashSet(), cancellationToken);
        var plan = new Plan(report, folded, known.Files, [], [], [.. checkedOnes.Where(found => found.Key is not null).SelectMany(Refused)]);
        foreach (var text in texts)
        {
            plan.Add(text, [.. known.Of(text.Key)]);
        }

        return plan;
    }

    private static IEnumerable<FoldProblem> Refused(IGrouping<Finding?, Correction> found) => found.Select(correction =>
        new FoldProblem(correction.Example.Text ?? "", found.Key!.Code, $"{found.Key.Message} {found.Key.Advice}", [correction.Blob]));

    private FoldReport Report(Plan plan, int folded) => new()
    {
        Dataset = plan.Dataset.Dataset,
        Ready = plan.Ready.Count,
        Minimum = options.Value.FeedbackMinimum,
        Folded = plan.Folded + folded,
        Problems = plan.Problems,
    };

    /// <summary>What is to become of the corrections that wait; those of one text and one answer are one.</summary>
    private sealed record Plan(
        DatasetReport Dataset, int Folded, IReadOnlyList<string> Files, List<IGrouping<ulong, Correction>> Ready,
        List<(Correction Correction, string Place)> Known, List<FoldProblem> Problems)
    {
        public void Add(IGrouping<ulong, Correction> same, IReadOnlyList<(Answer Answer, string Place)> known)
        {
            var answer = Answer.Of(same.First().Example);
            if (same.Any(other => !Answer.Of(other.Example).Agrees(answer)))
            {
                Contradicts(same, $"The text was corrected in different ways. Delete the wrong ones from '{StorageNames.Feedback}'.");
            }
            else if (known.FirstOrDefault(other => !other.Answer.Agrees(answer)) is { Place: { } place })
            {
                Contradicts(same, $"The dataset answers otherwise, in {place}. Correct its file, or delete the correction from '{StorageNames.Feedback}'.");
            }
            else if (known is [var there, ..])
            {
                Known.AddRange(same.Select(correction => (correction, there.Place)));
            }
            else
            {
                Ready.Add(same);
            }
        }

        private void Contradicts(IGrouping<ulong, Correction> same, string message) =>
            Problems.Add(new(same.First().Example.Text!, FindingCode.ContradictingLabels, message, [.. same.Select(correction => correction.Blob)]));
    }
}
