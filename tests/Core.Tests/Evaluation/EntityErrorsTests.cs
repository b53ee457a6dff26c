using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;

namespace Droptune.Core.Tests.Evaluation;

public class EntityErrorsTests
{
    [Fact]
    public void Of_Sentence_CountsTheErrorsThatThePageFinds() => Assert.All(TestData.Shared<Case[]>("entity-errors.json"), given =>
    {
        var found = EntityErrors.Of([(Entities(given.Expected), Entities(given.Predicted))]);

        Assert.Equal(given.Errors, found.SelectMany(Names).Order(StringComparer.Ordinal));
        Assert.Equal(given.Right, found.Sum(label => label.Correct));
    });

    [Fact]
    public void Of_Sentences_AddsUpByLabel()
    {
        var errors = EntityErrors.Of([(Entities("0-2:B 4-6:A"), Entities("0-2:B")), (Entities("0-2:A"), Entities("0-3:A"))]);

        Assert.Equal([("A", 0, 1, 1), ("B", 1, 0, 0)], errors.Select(label => (label.Label, label.Correct, label.WrongBoundary, label.Missed)));
    }

    private static Entity[] Entities(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(entity => new Entity(entity[0] - '0', entity[2] - '0', entity[4..]))];

    /// <summary>Each error as "A missed" or "A mistaken B".</summary>
    private static IEnumerable<string> Names(EntityErrors errors) =>
        [
            .. Enumerable.Repeat($"{errors.Label} boundary", errors.WrongBoundary),
            .. Enumerable.Repeat($"{errors.Label} missed", errors.Missed),
            .. Enumerable.Repeat($"{errors.Label} spurious", errors.Spurious),
            .. errors.MistakenFor.SelectMany(other => Enumerable.Repeat($"{errors.Label} mistaken {other.Key}", other.Value)),
        ];

    private sealed record Case(string Why, string Expected, string Predicted, int Right, string[] Errors);
}
