using Droptune.Core.Metrics;

namespace Droptune.Core.Tests.Metrics;

public class EntityScoresTests
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    // seqeval's macro average of no label at all is NaN, which JSON has not; here it is 0.
    private static readonly List<Case> Cases = [.. TestData.GzipLines("reference", "metrics", "seqeval-cases.jsonl.gz")
        .Select(line => JsonSerializer.Deserialize<Case>(line.Replace(": NaN", ": 0", StringComparison.Ordinal), SnakeCase)!)];

    [Theory]
    [InlineData("IOB2", 114)]
    [InlineData("IOB1", 109)]
    [InlineData("IOBES", 109)]
    [InlineData("BILOU", 110)]
    public void OfTags_ReferenceCases_EqualSeqeval(string scheme, int count)
    {
        var cases = Cases.Where(c => c.Scheme == scheme).ToList();
        Assert.Equal(count, cases.Count);

        foreach (var expected in cases)
        {
            var found = EntityScores.OfTags(expected.YTrue, expected.YPred);

            Assert.Equal(expected.PerLabel.Keys.Order(StringComparer.Ordinal), found.PerLabel.Keys);
            Assert.All(expected.PerLabel, label => AssertEqual(label.Value, found.PerLabel[label.Key]));
            AssertEqual(expected.Micro, found.Micro);
            AssertEqual(expected.Macro, found.Macro);
            AssertEqual(expected.Weighted, found.Weighted);
            Assert.Equal(expected.Accuracy, found.Accuracy!.Value, 1e-9);
        }
    }

    [Fact]
    public void OfEntities_SameEntityTwice_CountsOnce()
    {
        Entity entity = new(0, 2, "X");

        var scores = EntityScores.OfEntities([[entity]], [[entity, entity]]);

        Assert.Equal(new(1, 1, 1, 1), scores.Micro);
    }

    [Fact]
    public void OfTags_SentenceOfAnotherLength_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() => EntityScores.OfTags([["O", "O"]], [["O"]]));

        Assert.StartsWith("A sentence of 2 tags was predicted with 1.", error.Message, StringComparison.Ordinal);
    }

    internal static void AssertEqual(Scores expected, Scores found)
    {
        Assert.Equal(expected.Precision, found.Precision, 1e-9);
        Assert.Equal(expected.Recall, found.Recall, 1e-9);
        Assert.Equal(expected.F1, found.F1, 1e-9);
        Assert.Equal(expected.Support, found.Support);
    }

    private sealed record Case(string Scheme, string[][] YTrue, string[][] YPred, Dictionary<string, Scores> PerLabel,
        Scores Micro, Scores Macro, Scores Weighted, double Accuracy);
}
