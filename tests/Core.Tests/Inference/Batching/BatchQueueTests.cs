using CsCheck;
using Droptune.Core.Inference.Batching;
using Droptune.Core.Inference.Onnx;
using Droptune.Core.Text;

namespace Droptune.Core.Tests.Inference.Batching;

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
    public void Take_AnyLengths_TakesEachOnceAndTheOldestFirst() =>
        Gen.Int[2, MaxLength].Array[1, 200].Sample(lengths =>
        {
            var queue = Queue(threads: 1);
            var waiting = Call(lengths).Windows.ToList();
            queue.TryAdd(waiting[0].Call);
            while (waiting.Count > 0)
            {
                var batch = Take(queue);
                Assert.Contains(waiting[0], batch);
                Assert.All(batch.GroupBy(window => window.Length), taken =>
                    Assert.Equal(waiting.Where(window => window.Length == taken.Key).Take(taken.Count()), taken));
                Assert.All(batch, window => Assert.True(waiting.Remove(window)));
                queue.Done(batch.Sum(window => window.Length));
            }
        });

    [Fact]
    public void Take_SomeOfALengthWereDropped_TakesTheOthers()
    {
        var queue = Queue(threads: 1);
        PredictCall[] calls = [Call([16]), Call([16, 16]), Call([16])];
        Array.ForEach(calls, call => queue.TryAdd(call));
        queue.Drop(calls[1]);

        Assert.Equal([calls[0], calls[2]], Take(queue).Select(window => window.Call));
    }

    [Fact]
    public void Take_SmallCallBehindAHugeOne_IsNeitherRefusedNorKeptWaiting()
    {
        var queue = Queue(threads: 1);
        Assert.True(queue.TryAdd(Call(Enumerable.Repeat(MaxLength, 3000)))); // six times what may wait
        for (var i = 0; i < 10; i++)
        {
            queue.Done(Take(queue).Sum(window => window.Length));
        }

        var small = Call([16, 16]);
        Assert.True(queue.TryAdd(small));
        var batches = Enumerable.Range(0, 2).SelectMany(_ => Take(queue)).ToList();

        Assert.All(small.Windows, window => Assert.Contains(window, batches));
    }

    [Fact]
    public void Take_HugeCallBehindAStreamOfSmallOnes_GetsItsHalf()
    {
        var queue = Queue(threads: 1);
        var huge = Call(Enumerable.Repeat(MaxLength, 100));
        queue.TryAdd(huge);
        var batches = 0;
        for (; huge.Windows.Any(window => window.IsWaiting); batches++)
        {
            queue.TryAdd(Call(Enumerable.Repeat(16, 512 / 16))); // as much as a batch holds, each time
            queue.Done(Take(queue).Sum(window => window.Length));
        }

        Assert.InRange(batches, 25, 60); // 25 batches of its own, as many of the others, and one at its end
    }

    [Fact]
    public void TryAdd_SeveralHugeCalls_LeaveRoomForNone()
    {
        var queue = Queue(threads: 1);

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => queue.TryAdd(Call(Enumerable.Repeat(MaxLength, 3000)))));
    }

    [Fact]
    public void Take_CallersComeInADribble_WaitsForThemNoLongerThanItsPatience()
    {
        const int callers = 100;
        var queue = Queue(threads: 1);
        queue.TryAdd(Call(Enumerable.Repeat(4, callers)));
        var batch = Take(queue);
        queue.Done(4 * callers);
        var taken = false;
        var dribble = new Thread(() =>
        {
            for (var caller = 0; caller < callers && !Volatile.Read(ref taken); caller++)
            {
                Thread.Sleep(20);
                queue.TryAdd(Call([4]));
            }
        });
        dribble.Start();

        queue.Take(batch, patience: TimeSpan.FromMilliseconds(200), out _);

        Volatile.Write(ref taken, true);
        Assert.True(dribble.Join(Patience));
        Assert.InRange(batch.Count, 1, callers / 2);
    }

    [Fact]
    public void Take_OthersCameWhileOneHadAllCores_SharesThemUntilNobodyIsThere()
    {
        var queue = Queue(threads: 2);
        Assert.True(queue.TryStartAlone(Call([16])));
        queue.TryAdd(Call([16]));
        queue.Done(16);

        Assert.False(TakesAllCores());
        queue.TryAdd(Call([16]));
        queue.Done(16);
        Assert.False(TakesAllCores());
        queue.Done(16);
        queue.TryAdd(Call([16]));
        Assert.True(TakesAllCores());

        bool TakesAllCores()
        {
            queue.Take([], TimeSpan.Zero, out var isAlone);
            return isAlone;
        }
    }

    [Fact]
    public void Take_AnotherHasAllCores_WaitsUntilItIsDone()
    {
        var queue = Queue(threads: 2);
        queue.TryStartAlone(Call([16]));
        queue.TryAdd(Call([16]));
        var taking = new Thread(() => Take(queue));
        taking.Start();
        Assert.True(SpinWait.SpinUntil(() => taking.ThreadState == ThreadState.WaitSleepJoin, Patience));

        queue.Done(16);

        Assert.True(taking.Join(Patience));
    }

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
