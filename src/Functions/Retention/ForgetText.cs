using Droptune.Core.Forgetting;
using Droptune.Functions.Http;

namespace Droptune.Functions.Retention;

/// <summary>Forgets a person's text, and says what still has it.</summary>
public sealed class ForgetText(Forgetter forgetter, Answers answers, ILogger<ForgetText> logger)
{
    [Function(nameof(ForgetText))]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "texts/forget")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForChangeAsync(request, async () =>
        {
            var text = (await RequestBody.ReadAsync<ForgetRequest>(request, cancellationToken)).Text;
            if (string.IsNullOrWhiteSpace(text))
            {
                throw new ProblemException(ProblemKinds.InvalidValue, "The text is empty.") { Place = new(null, null, "$.text") };
            }

            var report = await forgetter.ForgetAsync(text, cancellationToken);
            logger.LogInformation("A text is forgotten, by request: removed from {Removed} places, held by {Held}", report.Removed.Count, report.Held.Count);
            return report;
        });
}

/// <summary>The text of an example, whole; case, width and white space do not matter.</summary>
public sealed record ForgetRequest
{
    public required string Text { get; init; }
}
