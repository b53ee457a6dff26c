using CsCheck;
using Droptune.Core.Inference;
using Droptune.Core.Text;

namespace Droptune.Core.Tests.Inference;

public class BatchQueueTests
{
    private const int MaxLength = 128;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TokenizedText NoText = new() { Ids = [], Pieces = [], Units = [] };

    [Fact]
    public void Take_EightWaitingOnTwoCores_GivesEachCoreFour()
    {
        var queue = Queue(threads: 2);
        queue.TryAdd(Call(Enumerable.Repeat(16, 8)));

        Assert.Equal([4, 4], [Take(queue).Count, Take(queue).Count]);
    }

    [Fact]
    public void Take_SevenWaitingWhileOneRuns_LeavesTheOtherCoreItsShare()
    {
        var queue = Queue(threads: 2);
        queue.TryAdd(Call([16, 16]));
        Take(queue);
        Take(queue);
        queue.Done(16);
        queue.TryAdd(Call(Enumerable.Repeat(16, 7)));

        Assert.Equal(4, Take(queue).Count);
    }

    [Fact]
    public void Take_FewWaitingWhileManyRun_TakesAllOfThem()
    {
        var queue = Queue(threads: 2);
        queue.TryAdd(Call(Enumerable.Repeat(16, 8)));
        Take(queue);
        Take(queue);
        queue.Done(4 * 16);
        queue.TryAdd(Call(Enumerable.Repeat(16, 3)));

        Assert.Equal(3, Take(queue).Count);
    }

    [Fact]
    public void Take_AnyLengths_TakesEachOnceInBatchesOfTheOldestWithLittlePadding() =>
        Gen.Int[2, MaxLength].Array[1, 200].Sample(lengths =>
        {
            var queue = Queue(threads: 1);
            var waiting = Call(lengths).Windows.ToList();
            queue.TryAdd(waiting[0].Call);
            while (waiting.Count > 0)
            {
                var batch = Take(queue);
                Assert.Contains(waiting[0], batch);
                var (real, padded) = (batch.Sum(window => window.Length), batch.Count * batch.Max(window => window.Length));
                Assert.True(batch.Count == 1 || padded <= new ServingOptions().BatchPieces, $"{padded} pieces");
                Assert.True(padded - real <= 32 + (padded / 10), $"{padded - real} of {padded} pieces are padding");
                Assert.All(batch, window => Assert.True(waiting.Remove(window)));
                queue.Done(real);
            }
        });

    [Fact]
    public void Close_WaitingForCallersWhoGoAway_Ends()
    {
        var queue = Queue(threads: 1);
        var call = Call([16]);
        queue.TryAdd(call);
        var closing = new Thread(queue.Close);
        closing.Start();
        Assert.True(SpinWait.SpinUntil(() => closing.ThreadState == ThreadState.WaitSleepJoin, Patience));

        queue.Drop(call);

        Assert.True(closing.Join(Patience));
    }

    private static BatchQueue Queue(int threads) => new(new() { Threads = threads }, MaxLength);

    private static PredictCall Call(IEnumerable<int> lengths) =>
        new([.. lengths.Select(length => new WaitingWindow(NoText, new(0, length - 2, 0, 0), [], []))]);

    private static List<WaitingWindow> Take(BatchQueue queue)
    {
        var batch = new List<WaitingWindow>();
        Assert.True(queue.Take(batch, TimeSpan.Zero, out _));
        return batch;
    }
}
