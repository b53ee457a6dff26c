using System.Collections.Concurrent;

namespace Droptune.Tests;

/// <summary>A clock whose pauses are over at once; it remembers how long they were to be.</summary>
internal sealed class HurriedClock : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Pauses { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Pauses.Enqueue(dueTime);
        }

        return base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}
