using Droptune.Functions.Http;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Retention;

/// <summary>Shows what the policy would delete now, and why.</summary>
public sealed class ShowRetention(RetentionPolicy policy, IOptions<RetentionOptions> options, Answers answers)
{
    [Function(nameof(ShowRetention))]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "retention")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () => new RetentionPlan(
            options.Value.DryRun, [.. (await policy.PlanAsync(cancellationToken)).Select(step => new RetentionItem(step.Kind, step.Name, step.Reason))]));
}
