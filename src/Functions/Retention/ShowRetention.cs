using Droptune.Functions.Http;

namespace Droptune.Functions.Retention;

/// <summary>Shows what the policy would delete now, and why.</summary>
public sealed class ShowRetention(RetentionPolicy policy, Answers answers)
{
    [Function(nameof(ShowRetention))]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "retention")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () => await policy.PlanAsync(cancellationToken));
}
