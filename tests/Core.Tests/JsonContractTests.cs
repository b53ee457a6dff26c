using Droptune.Core.Jobs;

namespace Droptune.Core.Tests;

public class JsonContractTests
{
    private sealed record Leaf(string Name, string? Note = null);

    private sealed record Tree
    {
        public IReadOnlyList<Leaf>? Leaves { get; init; }

        public IReadOnlyList<Leaf?> Gaps { get; init; } = [];

        public IReadOnlyDictionary<string, IReadOnlyList<string>> Names { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

        public int[] Numbers { get; init; } = [];
    }

    [Theory]
    [InlineData("""{"leaves":[{"name":"a"},null]}""", "leaves[1] is null, which is no value here.")]
    [InlineData("""{"names":{"a":["x"],"b":["y",null]}}""", "names[b][1] is null, which is no value here.")]
    [InlineData("""{"names":{"a":null}}""", "names[a] is null, which is no value here.")]
    [InlineData("""{"gaps":null}""", "The value is not of the type")]
    [InlineData("""{"leaves":[{"note":"x"}]}""", "Missing: 'name'")]
    [InlineData("""{"numbers":[1],"numbers":[2]}""", "The key 'numbers' is there twice.")]
    public void Deserialize_WhatTheTypeDoesNotAllow_SaysWhat(string json, string reason)
    {
        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Tree>(json, DroptuneJson.Compact));

        Assert.StartsWith(reason, JsonReason.Of(error), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"leaves":null,"gaps":[null,{"name":"a"}],"names":{"a":[]},"numbers":[1]}""")]
    public void Deserialize_WhatTheTypeAllows_IsRead(string json) =>
        Assert.NotNull(JsonSerializer.Deserialize<Tree>(json, DroptuneJson.Compact));

    /// <summary>What is stored as of this version is read by it: nothing that is written is refused.</summary>
    [Fact]
    public void Deserialize_OwnSpec_IsTheSame()
    {
        var spec = new JobSpec { Model = "support", Dataset = new("support", "0123456789ab"), Task = TaskKind.Joint };

        Assert.Equal(spec, JsonSerializer.Deserialize<JobSpec>(JsonSerializer.Serialize(spec, DroptuneJson.Compact), DroptuneJson.Compact));
    }
}
