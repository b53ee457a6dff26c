using Droptune.Core.Text;
using Droptune.Core.Text.Unicode;
using Droptune.Functions.Hosting;
using Droptune.Functions.Http;
using Droptune.Functions.Ingestion;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Corrections;

/// <summary>Checks a corrected answer as the gate would, and keeps it for the next version of the dataset.</summary>
public sealed class Feedback(
    CorrectionStore corrections, ForgottenTexts forgotten, ModelStore models, DatasetStore datasets, IOptions<PipelineOptions> options, Answers answers)
{
    [ForCallers]
    [Function("GiveFeedback")]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "models/{model}/feedback")] HttpRequest request,
        string model,
        CancellationToken cancellationToken) =>
        answers.ForChangeAsync(request, async () =>
        {
            RequestParameters.RequireName(model);
            var example = (await RequestBody.ReadAsync<CorrectionRequest>(request, cancellationToken)).ToExample();
            var record = await models.FindAsync(model, cancellationToken)
                ?? throw ProblemException.UnknownModel(model);
            var dataset = ModelStore.DatasetOf(record, await models.VersionsAsync(model, cancellationToken));
            var report = dataset is null ? null : await datasets.AcceptedReportAsync(dataset, cancellationToken);
            var findings = CorrectionCheck.Findings(example, report);
            if (findings.Any(finding => finding.Severity == Severity.Error))
            {
                throw Refused(findings);
            }

            var (kept, isNew) = await corrections.AddAsync(model, example, cancellationToken);
            if (await forgotten.HasAsync(example.Text!, cancellationToken))
            {
                await corrections.DeleteAsync(kept, cancellationToken);
                throw Refused([CorrectionCheck.Forgotten]);
            }

            var answer = new CorrectionAnswer
            {
                Id = Correction.IdOf(example),
                Blob = $"{StorageNames.Feedback}/{kept.Blob}",
                Dataset = dataset,
                State = kept.FoldedInto is not null ? CorrectionState.Folded : report is null ? CorrectionState.Kept : CorrectionState.Waiting,
                Next = Next(kept, dataset, report),
                Findings = findings.Count == 0 ? null : findings,
            };
            return new JsonAnswer(answer, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        });

    private static ProblemException Refused(IReadOnlyList<Finding> findings) =>
        new(ProblemKinds.InvalidFeedback, "The gate would refuse it as an example: correct what the findings name.") { Findings = findings };

    private string Next(Correction kept, string? dataset, DatasetReport? report) => (kept.FoldedInto, report) switch
    {
        ({ } place, _) => $"It is in the dataset '{dataset}' already: {place}.",
        (_, null) => $"It is kept. There is no accepted version of the dataset '{dataset}' that it could be folded into.",
        _ => $"It waits for the dataset '{dataset}', and is folded into its train split once {options.Value.FeedbackMinimum} wait, "
            + $"or by POST /api/datasets/{dataset}/feedback/fold; the next version is then trained. One that contradicts another, or the dataset, stays out: "
            + $"GET /api/datasets/{dataset}/feedback lists those.",
    };
}

/// <summary>A text with the answer that would have been right: its entities, its label or labels, or both.</summary>
public sealed record CorrectionRequest
{
    public required string Text { get; init; }

    public IReadOnlyList<CorrectionEntity>? Entities { get; init; }

    /// <summary>Where each text has one.</summary>
    public string? Label { get; init; }

    /// <summary>Where a text can have several; an empty list if none is right.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    public StringIndexType StringIndexType { get; init; }

    /// <summary>The same as an example of a dataset.</summary>
    /// <exception cref="ProblemException">It cannot be one.</exception>
    public Example ToExample()
    {
        if (string.IsNullOrWhiteSpace(Text))
        {
            throw Invalid("$.text", "The text is empty.");
        }

        if (Entities is null && Labels is null && string.IsNullOrWhiteSpace(Label))
        {
            throw Invalid("$", "Give the right entities (an empty list if there are none), the right label or labels, or both.");
        }

        if (Labels is not null && Label is not null)
        {
            throw Invalid("$.label", "There are a label and labels: give label where each text has one, and labels where it can have several.");
        }

        var codePoints = StringIndexType == StringIndexType.UnicodeCodePoint ? new CodePoints(Text) : null;
        return new Example
        {
            Text = Text,
            Entities = Entities is null ? null : [.. Spans(codePoints).OrderBy(span => span.Start).ThenBy(span => span.End)],
            Label = Label,
            Labels = Labels is null ? null : [.. Labels.Distinct().Order(StringComparer.Ordinal)],
        };
    }

    // What is no part of the text stays none: the check says so.
    private IEnumerable<EntitySpan> Spans(CodePoints? codePoints)
    {
        foreach (var (index, entity) in Entities!.Index())
        {
            if (entity.Label is null || entity.Start < 0)
            {
                throw Invalid($"$.entities[{index}]", "An entity has a label, and a start that is not negative.");
            }

            var span = new EntitySpan(Place(entity.Start, codePoints), Place(entity.End, codePoints), entity.Label);
            var isPart = span.Start < span.End && span.End <= Text.Length;
            if (isPart && entity.Text is { } text && text != Text[span.Start..span.End])
            {
                throw Invalid(
                    $"$.entities[{index}]",
                    $"{entity.Start} to {entity.End} is '{Text[span.Start..span.End]}', not '{text}': are the places counted as stringIndexType says?");
            }

            yield return span;
        }
    }

    private int Place(int index, CodePoints? codePoints)
    {
        var length = codePoints?.FromUtf16(Text.Length) ?? Text.Length;
        return codePoints is null || index < 0 ? index : index > length ? Text.Length + index - length : codePoints.ToUtf16(index);
    }

    private static ProblemException Invalid(string path, string detail) =>
        new(ProblemKinds.InvalidValue, detail) { Place = new(null, null, path) };
}

/// <summary>An entity of a corrected answer; with <paramref name="Text"/> the place is checked against it.</summary>
public sealed record CorrectionEntity(string Label, int Start, int End, string? Text = null, double? Score = null);

/// <summary>Where a correction is kept, and what becomes of it.</summary>
public sealed record CorrectionAnswer
{
    public required string Id { get; init; }

    public required string Blob { get; init; }

    /// <summary>The dataset that the model learns from.</summary>
    public string? Dataset { get; init; }

    public required CorrectionState State { get; init; }

    /// <summary>What happens next, in words.</summary>
    public required string Next { get; init; }

    /// <summary>What the gate will warn of.</summary>
    public IReadOnlyList<Finding>? Findings { get; init; }
}

/// <summary>Where a correction stands.</summary>
public enum CorrectionState
{
    /// <summary>The next fold takes it.</summary>
    Waiting,

    /// <summary>The dataset has it.</summary>
    Folded,

    /// <summary>There is no dataset to fold it into.</summary>
    Kept,
}
