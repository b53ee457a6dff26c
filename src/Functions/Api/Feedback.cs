using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Droptune.Core;
using Droptune.Core.Datasets;
using Droptune.Core.Storage;
using Droptune.Core.Text;
using Droptune.Functions.Http;

namespace Droptune.Functions.Api;

/// <summary>Keeps a corrected answer for the next version of the dataset.</summary>
public sealed class Feedback(DroptuneStorage storage, ModelStore models, TimeProvider clock, Answers answers)
{
    [Function("GiveFeedback")]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "models/{model}/feedback")] HttpRequest request,
        string model,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            RequestParameters.RequireName(model);
            var feedback = await RequestBody.ReadAsync<FeedbackRequest>(request, cancellationToken);
            var example = feedback.ToExample();
            if (await models.FindAsync(model, cancellationToken) is null)
            {
                throw new ProblemException(ProblemKinds.UnknownModel, $"There is no model '{model}'; GET /api/models lists them.");
            }

            // Named by content: the same correction sent twice in a day is one.
            var content = JsonSerializer.Serialize(example, DroptuneJson.Compact);
            var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..16];
            var blob = $"{model}/{clock.GetUtcNow():yyyy-MM-dd}/{id}.json";
            await storage.Container(StorageNames.Feedback).PutAsync(blob, "application/json", BinaryData.FromString(content), cancellationToken);
            return new JsonAnswer(new FeedbackAnswer(id, $"{StorageNames.Feedback}/{blob}"), StatusCodes.Status201Created);
        });
}

/// <summary>A text with the answer that would have been right: its entities, its label, or both.</summary>
public sealed record FeedbackRequest
{
    public required string Text { get; init; }

    public IReadOnlyList<FeedbackEntity>? Entities { get; init; }

    public string? Label { get; init; }

    public StringIndexType StringIndexType { get; init; }

    /// <summary>The same as an example of a dataset.</summary>
    /// <exception cref="ProblemException">It cannot be one.</exception>
    public Example ToExample()
    {
        if (string.IsNullOrWhiteSpace(Text))
        {
            throw Invalid("$.text", "The text is empty.");
        }

        if (Entities is null && string.IsNullOrWhiteSpace(Label))
        {
            throw Invalid("$", "Give the right entities (an empty list if there are none), the right label, or both.");
        }

        var codePoints = StringIndexType == StringIndexType.UnicodeCodePoint ? new CodePoints(Text) : null;
        return new Example { Text = Text, Entities = Entities is null ? null : [.. Spans(codePoints)], Label = Label };
    }

    private IEnumerable<EntitySpan> Spans(CodePoints? codePoints)
    {
        var end = 0;
        foreach (var entity in Entities!.OrderBy(entity => entity.Start))
        {
            var path = $"$.entities[{Entities!.Index().First(item => item.Item == entity).Index}]";
            var length = codePoints?.FromUtf16(Text.Length) ?? Text.Length;
            if (entity.Start < 0 || entity.End <= entity.Start || entity.End > length)
            {
                throw Invalid(path, $"{entity.Start} to {entity.End} is no part of the text, which has the length {length}; the end is exclusive.");
            }

            if (string.IsNullOrWhiteSpace(entity.Label))
            {
                throw Invalid(path, "The entity has no label.");
            }

            var span = codePoints is null
                ? new EntitySpan(entity.Start, entity.End, entity.Label)
                : new EntitySpan(codePoints.ToUtf16(entity.Start), codePoints.ToUtf16(entity.End), entity.Label);
            if (span.Start < end)
            {
                throw Invalid(path, "The entity overlaps the one before it.");
            }

            if (entity.Text is { } text && text != Text[span.Start..span.End])
            {
                throw Invalid(path, $"{entity.Start} to {entity.End} is '{Text[span.Start..span.End]}', not '{text}': are the places counted as stringIndexType says?");
            }

            end = span.End;
            yield return span;
        }
    }

    private static ProblemException Invalid(string path, string detail) =>
        new(ProblemKinds.InvalidValue, detail) { Place = new(null, null, path) };
}

/// <summary>An entity of a corrected answer; with <paramref name="Text"/> the place is checked against it.</summary>
public sealed record FeedbackEntity(string Label, int Start, int End, string? Text = null, double? Score = null);

/// <summary>Where the correction was stored.</summary>
public sealed record FeedbackAnswer(string Id, string Blob);
