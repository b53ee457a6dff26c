using Droptune.Chaos.Product;

namespace Droptune.Chaos.Attacks;

/// <summary>Ends host or worker after a write, so that it never learns that it was done, and looks what becomes of the flow.</summary>
internal static class Kills
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(45); // worth a look at what was waited for

    /// <summary>Every point of an undisturbed flow, of both processes: one flow each. Several of these programs may share the points out.</summary>
    public static async Task EachAsync(int which, int of, int from)
    {
        await using var product = await Installation.StartAsync();
        var invariants = new Invariants(product);
        var points = await PointsAsync(product, invariants);
        Report.Line($"{points.Count} points: {points.Count(point => point.Part == product.Host)} of the host, {points.Count(point => point.Part == product.Worker)} of the worker");
        var (number, reached) = (1, 0);
        foreach (var (part, point) in points.Where(point => Encoding.UTF8.GetBytes($"{point}").Sum(letter => letter) % of == which).Skip(from))
        {
            reached += await KillAsync(product, invariants, ++number, part, point) ? 1 : 0;
        }

        await invariants.CheckRestAsync();
        Report.Line($"{number - 1} points of one flow each, {reached} of them reached again and killed at");
    }

    /// <summary>One point of the host and one of the worker, another pair each day.</summary>
    public static async Task PairAsync()
    {
        await using var product = await Installation.StartAsync();
        var invariants = new Invariants(product);
        var points = await PointsAsync(product, invariants);
        var (random, number) = (new Random(TimeProvider.System.GetUtcNow().DayOfYear), 1);
        foreach (var part in product.Parts)
        {
            var own = points.Where(point => point.Part == part).ToList();
            await KillAsync(product, invariants, ++number, part, own[random.Next(own.Count)].Point);
        }

        await invariants.CheckAliveAsync();
    }

    /// <summary>Kills at random times, two on average in each flow.</summary>
    public static async Task RandomAsync(int count, int seed)
    {
        await using var product = await Installation.StartAsync();
        var (invariants, random) = (new Invariants(product), new Random(seed));
        await UndisturbedAsync(product, invariants, 0);
        var (killed, number) = (0, 0);
        while (killed < count)
        {
            using var stop = new CancellationTokenSource();
            var kills = Task.Run(async () =>
            {
                while (killed < count)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1 + (random.NextDouble() * 12)), stop.Token);
                    product.Parts[random.Next(2)].Kill();
                    killed++;
                }
            });
            var flow = new Flow(product, ++number);
            await flow.DropAsync();
            await flow.FoldAsync();
            await stop.CancelAsync();
            await Task.WhenAny(kills);
            await product.UntilAsync("the host answers", async () => (await product.Http.GetAsync("health")).IsSuccessStatusCode);
            await invariants.CheckAsync(flow);
            Report.Line($"{killed} kills in {number} flows");
        }

        await invariants.CheckRestAsync();
    }

    private static async Task<List<(Part Part, Point Point)>> PointsAsync(Installation product, Invariants invariants)
    {
        var points = new List<(Part Part, Point Point)>();
        foreach (var part in product.Parts)
        {
            part.Tap.Reset();
            part.Tap.Reached = point =>
            {
                lock (points)
                {
                    points.Add((part, point));
                }

                return false;
            };
        }

        await UndisturbedAsync(product, invariants, 0);
        Array.ForEach(product.Parts, part => part.Tap.Reached = _ => false);
        lock (points)
        {
            // A sign of life is one whenever it comes: the first of each kind stand for all.
            return [.. points.Where(point => point.Point.Number <= 6)];
        }
    }

    private static async Task UndisturbedAsync(Installation product, Invariants invariants, int number)
    {
        var flow = new Flow(product, number);
        await flow.DropAsync();
        await flow.FoldAsync();
        await invariants.CheckAsync(flow);
    }

    /// <summary>Whether the point was reached.</summary>
    private static async Task<bool> KillAsync(Installation product, Invariants invariants, int number, Part part, Point at)
    {
        var (isReached, start) = (0, TimeProvider.System.GetTimestamp());
        part.Tap.Reset();
        part.Tap.Reached = point =>
        {
            if (point != at || Interlocked.Exchange(ref isReached, 1) == 1)
            {
                return false;
            }

            part.Kill();
            return true;
        };
        var flow = new Flow(product, number);
        try
        {
            await flow.DropAsync();
            await flow.FoldAsync();
            part.Tap.Reached = _ => false;
            await product.UntilAsync("the host answers", async () => (await product.Http.GetAsync("health")).IsSuccessStatusCode);
            await invariants.CheckAsync(flow);
        }
        catch (FaultException e)
        {
            throw new FaultException($"Killed at {part.Name} {at}: {e.Message}");
        }

        var took = TimeProvider.System.GetElapsedTime(start);
        Report.Line($"{number}: {part.Name} {at}{(isReached == 1 ? "" : ", not reached")}, {took.TotalSeconds:0} s{(took > Slow ? $"\n{part.LastLines(20)}" : "")}");
        return isReached == 1;
    }
}
