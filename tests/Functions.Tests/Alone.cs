[assembly: Xunit.v3.Parallelization(MaxThreads = 4)] // most of them wait: for queues, quiet periods, timers

namespace Droptune.Functions.Tests;

/// <summary>Tests of what happens in time: no other runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
