using Droptune.Core.Pipeline;

namespace Droptune.Functions;

/// <summary>Finds what got lost, every five minutes.</summary>
public sealed class Watchdog(Supervision supervision)
{
    [Function(nameof(Watchdog))]
    public Task RunAsync([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        supervision.SuperviseAsync(cancellationToken);
}
