using Droptune.Core.Evaluation;
using Droptune.Core.Metrics;


namespace Droptune.Core.Tests.Evaluation;

public class EntityErrorsTests
{
    [Theory]
    [InlineData("0-2:A", "0-2:A", "A: 1 right, 0 boundary, 0 missed, 0 spurious")]
    [InlineData("0-2:A", "0-3:A", "A: 0 right, 1 boundary, 0 missed, 0 spurious")]
    [InlineData("0-2:A", "0-2:B", "A: 0 right, 0 boundary, 0 missed, 0 spurious, 1 B")]
    [InlineData("0-2:A", "2-4:A", "A: 0 right, 0 boundary, 1 missed, 1 spurious")]
    [InlineData("", "2-4:A", "A: 0 right, 0 boundary, 0 missed, 1 spurious")]
    [InlineData("0-4:A", "0-1:A 1-4:B", "A: 0 right, 0 boundary, 0 missed, 1 spurious, 1 B")]
    [InlineData("0-2:A 2-4:A", "0-4:A", "A: 0 right, 1 boundary, 1 missed, 0 spurious")]
    public void Of_Sentence_CountsEachEntityOnce(string expected, string predicted, string counts)
    {
        var errors = EntityErrors.Of([(Entities(expected), Entities(predicted))]);

        Assert.Equal(counts, string.Join('|', errors.Select(label =>
            $"{label.Label}: {label.Correct} right, {label.WrongBoundary} boundary, {label.Missed} missed, {label.Spurious} spurious"
            + string.Concat(label.MistakenFor.Select(other => $", {other.Value} {other.Key}")))));
    }

    private static Entity[] Entities(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(entity => new Entity(entity[0] - '0', entity[2] - '0', entity[4..]))];
}
