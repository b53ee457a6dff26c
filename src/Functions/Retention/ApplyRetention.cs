using Microsoft.Extensions.Options;

namespace Droptune.Functions.Retention;

/// <summary>Deletes what the policy lets go; in a dry run it says so and deletes nothing.</summary>
public sealed class ApplyRetention(RetentionPolicy policy, IOptions<RetentionOptions> options, ILogger<ApplyRetention> logger)
{
    [Function(nameof(ApplyRetention))]
    public async Task RunAsync([TimerTrigger("%RetentionSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        foreach (var item in await policy.PlanAsync(cancellationToken))
        {
            if (options.Value.DryRun)
            {
                logger.LogInformation("Would be deleted: {Kind} {Name}. {Reason}", item.Kind, item.Name, item.Reason);
                continue;
            }

            await item.DeleteAsync(cancellationToken);
            logger.LogInformation("Deleted: {Kind} {Name}. {Reason}", item.Kind, item.Name, item.Reason);
        }
    }
}
