using Droptune.Chaos.Product;

namespace Droptune.Chaos.Attacks;

/// <summary>Storage answers nobody for a while, beginning in a certain phase of a flow: no process ends, and the flow goes on afterwards.</summary>
internal static class Outages
{
    /// <summary>The write after which storage falls silent, by phase.</summary>
    private static readonly (string Phase, Func<Installation, Part> Part, string Write, int Number)[] Phases =
    [
        ("drop", product => product.Host, "Table POST Datasets", 1),
        ("validation", product => product.Host, "Blob PUT snapshots/", 1),
        ("training", product => product.Worker, "Table PUT Runs", 2),
        ("checkpoint", product => product.Worker, "checkpoint.tar", 1),
        ("export", product => product.Worker, "Blob PUT models/", 3),
        ("registration", product => product.Worker, "Table POST Models", 1),
        ("evaluation", product => product.Host, "evaluation-*", 1),
        ("promotion", product => product.Host, "Table PUT Models", 1),
        ("fold", product => product.Host, "comp=metadata", 1),
    ];

    /// <param name="time">Of silence.</param>
    /// <param name="atOnce">Installations side by side.</param>
    /// <param name="only">The phases; all where none is named.</param>
    public static async Task EachAsync(TimeSpan time, int atOnce, IReadOnlyCollection<string> only) =>
        await Parallel.ForEachAsync(Phases.Where(phase => only.Count == 0 || only.Contains(phase.Phase)), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (phase, _) => await OneAsync(phase, time));

    private static async Task OneAsync((string Phase, Func<Installation, Part> Part, string Write, int Number) phase, TimeSpan time)
    {
        await using var product = await Installation.StartAsync();
        product.Patience = time + TimeSpan.FromMinutes(3);
        var (seen, mended) = (0, new TaskCompletionSource<long>());
        var tap = phase.Part(product).Tap;
        tap.Reached = point =>
        {
            if (!point.Write.Contains(phase.Write, StringComparison.Ordinal) || point.Write.Contains("azure-webjobs", StringComparison.Ordinal)
                || Interlocked.Increment(ref seen) != phase.Number)
            {
                return false;
            }

            Set(product, isDown: true);
            _ = Task.Delay(time, CancellationToken.None).ContinueWith(
                _ =>
                {
                    Set(product, isDown: false);
                    mended.SetResult(TimeProvider.System.GetTimestamp());
                },
                TaskScheduler.Default);
            return true;
        };
        var flow = new Flow(product, 0);
        await flow.DropAsync();
        await flow.FoldAsync();
        var back = TimeProvider.System.GetElapsedTime(await mended.Task);
        var invariants = new Invariants(product);
        await invariants.CheckAsync(flow);
        await invariants.CheckRestAsync();
        Report.Line($"{phase.Phase}: {time} without storage after {phase.Write}; no process ended, the flow was whole {back.TotalSeconds:0} s after storage came back");
    }

    private static void Set(Installation product, bool isDown) => Array.ForEach(product.Parts, part => part.Tap.IsDown = isDown);
}
