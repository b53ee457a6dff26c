namespace Droptune.Functions.Tests;

/// <summary>Tests of what happens in time: no other runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
