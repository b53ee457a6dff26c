namespace Droptune.Functions.Training;

/// <summary>Finds what got lost, every now and then.</summary>
public sealed class Watchdog(Supervision supervision)
{
#if ISOLATED
    private const string Schedule = "0 */5 * * * *";
#else // here the blob trigger lists, and overlooks what is written later in the second of the newest file that it saw
    private const string Schedule = "*/3 * * * * *";
#endif

    [Function(nameof(Watchdog))]
    public Task RunAsync([TimerTrigger(Schedule)] TimerInfo timer, CancellationToken cancellationToken) =>
        supervision.SuperviseAsync(cancellationToken);
}
